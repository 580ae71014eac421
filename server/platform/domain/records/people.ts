import type { EnvelopeState } from './moves.ts';

/** Somebody of whom an account keeps personal data; the same e-mail at another account is somebody else. */
export interface Person {
  readonly id: string;
  readonly email: string;
}

/** What stands for an address that was erased: nothing is ever sent to `.invalid` (RFC 2606), and no two are alike. */
export const erasedEmail = (personId: string): string => `${personId}@erased.invalid`;
export const isErased = ({ email }: Pick<Person, 'email'>): boolean => email.endsWith(erasedEmail(''));

/** One who was forgotten, and how that was answered. */
export interface Forgotten {
  readonly id: string;
  readonly erasedAt: number;
  readonly erasure: Erasure;
}

/** What an erasure did: how many envelopes knew the person, and what is kept of them, and why. */
export interface Erasure {
  readonly envelopes: number;
  readonly kept: readonly { readonly envelopeId: string; readonly why: string }[];
}

/** An envelope that names a person, as a signer or as the customer. */
export interface Trace {
  readonly envelopeId: string;
  readonly state: EnvelopeState;
}

/** The people of accounts. E-mails are compared as `ownerKey` writes them. */
export interface PeopleStore {
  /** The person of this e-mail, with a key of their own from now on. */
  meet(accountId: string, email: string, at: number): Promise<Person>;
  /** Nobody, once they are forgotten. */
  find(accountId: string, id: string): Promise<Person | undefined>;
  /** Has the account a key for a person of this e-mail? */
  isKnown(accountId: string, email: string): Promise<boolean>;
  /** Envelopes that name them, the oldest first. */
  traces(accountId: string, email: string): Promise<Trace[]>;
  /** Who was last forgotten under this e-mail. */
  forgotten(accountId: string, email: string): Promise<Forgotten | undefined>;
  /** Destroys their key, and overwrites what rows say of them. */
  forget(accountId: string, person: Person, erasure: Erasure, at: number): Promise<void>;
  /** Ids of deleted mails whose files may be there still, by the person they were deleted for. */
  unsettled(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Of these, those who were forgotten by `then`. */
  settled(personIds: readonly string[], then: number): Promise<void>;
}

/** An e-mail address as owners are compared: without case. */
export const ownerKey = (email: string): string => email.toLowerCase();
