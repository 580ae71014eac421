import type { Listed, Wanted } from '../../../../shared/list.ts';
import type { Assurance } from '../../../../shared/signing/ceremony.ts';
import type { FieldValue } from '../../../../shared/signing/fields.ts';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import type { EnvelopeStatus } from '../../../../shared/vendors/loyva.ts';
import type { FieldForm } from './field.ts';
import type { EnvelopeState } from './moves.ts';
import type { Person } from './people.ts';

export interface Envelope {
  readonly id: string;
  readonly accountId: string;
  /** Loyva's customer record: one per account and e-mail. */
  readonly customerId: string;
  /** `paper`: signed on paper; its file comes by upload, and nobody signs here. */
  readonly kind: 'esign' | 'paper';
  readonly templateId: string | null;
  readonly name: string;
  readonly externalId: string | null;
  /** The language of its texts (BCP 47), where its sender named one. */
  readonly locale: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly message: string | null;
  readonly order: 'parallel' | 'sequential';
  readonly requiredReading: boolean;
  /** When signers are to be reminded unasked. */
  readonly reminders: Reminders | null;
  /** When reminding looks at it next; null where nobody is to be reminded. */
  readonly remindAt: number | null;
  readonly state: EnvelopeState;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number | null;
  /** When the last signer finished; the seal's facts are of this instant, however often sealing is tried. */
  readonly finishedAt: number | null;
  readonly completedAt: number | null;
  readonly vaultedAt: number | null;
  /** Whose act ended it (a signer's id, or null for the partner), and their words. */
  readonly ended: { readonly signerId: string | null; readonly reason: string | null; readonly at: number } | null;
  /** What is signed; of a paper envelope what was uploaded, as it came, and null until then. */
  readonly document: EnvelopeDocument | null;
  /** The authoritative file (sealed; of a paper envelope its document), and once it is vaulted the watermarked copy and the custody record. */
  readonly sealed: KeptFile | null;
  readonly copy: KeptFile | null;
  readonly custody: KeptFile | null;
  /** The account that controls the authoritative copy (UCC 9-105): set when it is vaulted, null once it is destroyed. */
  readonly controller: string | null;
  /** The newest vault-out, also when it lapsed. */
  readonly release: Release | null;
  /** What the newest compliance check said. */
  readonly compliance: { readonly compliant: boolean; readonly score: number; readonly at: number } | null;
}

/** A vault-out: frozen from `at` on; without an acknowledgement it lapses at `acknowledgeBy`. */
export interface Release {
  readonly at: number;
  readonly reason: string;
  readonly recipient: string;
  readonly acknowledgeBy: number;
  readonly acknowledgedAt: number | null;
}

/** The document of an envelope that has one: every e-sign envelope, and a paper one from its upload on. */
export function documentOf({ id, document }: Pick<Envelope, 'id' | 'document'>): EnvelopeDocument {
  if (!document) throw new Error(`Nothing was uploaded to ${id}.`);
  return document;
}

/** The file that counts: the sealed one, or of a paper envelope what was uploaded. */
export function authoritativeOf(envelope: Pick<Envelope, 'id' | 'kind' | 'document' | 'sealed'>): KeptFile {
  const file = envelope.kind === 'paper' ? envelope.document : envelope.sealed;
  if (!file) throw new Error(`${envelope.id} has no authoritative file.`);
  return file;
}

/** Nobody acknowledged the vault-out in time: it is vaulted again, whether or not that was written down yet. */
export const hasLapsed = ({ state, release }: Pick<Envelope, 'state' | 'release'>, at: number): boolean =>
  state === 'released' && release !== null && at >= release.acknowledgeBy;

export interface Reminders {
  readonly after_days: number;
  readonly every_days: number;
}

export interface KeptFile {
  readonly address: string;
  /** SHA-256 (hex) of the file itself. */
  readonly sha256: string;
  readonly size: number;
}

export interface EnvelopeDocument extends KeptFile {
  readonly filename: string;
  readonly uploadSha256: string;
  readonly pages: readonly PageBox[];
}

export type SignerState = 'waiting' | 'consented' | 'signed' | 'declined';

export interface Signer {
  readonly id: string;
  readonly envelopeId: string;
  readonly name: string;
  /** As given; compared without case. */
  readonly email: string;
  readonly role: string | null;
  /** Signers of the same order may sign at once; in a sequential envelope a higher one waits for the lower. */
  readonly position: number;
  readonly state: SignerState;
  readonly consentedAt: number | null;
  readonly signedAt: number | null;
  /** How they were reached when they consented, or for signing where that says less; and who reported their address. */
  readonly reached: Provenance | null;
  readonly pagesSeen: readonly number[];
  /** Counts their saved answers. */
  readonly revision: number;
  readonly savedAt: number | null;
  /** When they were last asked again. */
  readonly remindedAt: number | null;
  /** The IANA time zone that their browser last reported; of whoever has signed, the one that their day of signing is in. */
  readonly timeZone: string | null;
}

/** Where a signer's call came from, and who says so. */
export interface Provenance {
  readonly assurance: Assurance;
  readonly address: string | null;
  /** The trusted proxy that said the address, where there was one. */
  readonly via?: string;
  readonly userAgent: string | null;
  /** "the platform", or the account whose key forwarded the call. */
  readonly reportedBy: string;
  /** The gateway's session, where it named one. */
  readonly session: string | null;
}

export interface EnvelopeField extends FieldForm {
  readonly id: string;
  readonly envelopeId: string;
  readonly signerId: string;
}

/** One line of an envelope's history. Personal data is here; the Merkle log's leaf holds ids and salted hashes. */
export interface EnvelopeEvent {
  readonly id: string;
  readonly envelopeId: string;
  readonly at: number;
  /** envelope.created | sent | voided | declined | expired | completed; link.made; signer.consented | read | signed | declined | reminded; document.uploaded; vault.stored | linked | read | tampered | compliance.passed | compliance.failed | released | lapsed | acknowledged */
  readonly kind: string;
  readonly signerId: string | null;
  readonly reached: Provenance | null;
  readonly detail: string | null;
  /** The e-mail of who did it, where it was one of the partner's own people. */
  readonly by: string | null;
  /** The person was forgotten: `reached`, `detail` and `by` are gone for ever, the leaf in the log is not. */
  readonly erased: boolean;
}

/** An event as it is recorded. What it tells is kept under the key of its signer or of `by`; that of nobody, under the account's. */
export type NewEvent = Omit<EnvelopeEvent, 'id' | 'by' | 'erased'> & { readonly by?: Person };

/** A way in for one signer: an embed token (by its jti) or a signing link (by the hash of its token). */
export interface Pass {
  /** SHA-256 (hex) of the jti or of the link's token. */
  readonly hash: string;
  readonly kind: 'embed' | 'link' | 'mail';
  readonly envelopeId: string;
  readonly signerId: string;
  readonly accountId: string;
  readonly createdAt: number;
  /** Until when it may be used: 7 days for links; for an embed token 4 hours from its first use, which must lie within its own 15 minutes. */
  readonly expiresAt: number;
}

export interface EnvelopeQuery extends Wanted<readonly [createdAt: number, id: string]> {
  readonly customerId?: string | undefined;
  readonly status?: EnvelopeStatus | undefined;
}

/** What the platform keeps of envelopes; every read is by account or by a pass. */
export interface EnvelopeStore {
  /** The customer record of this e-mail at this account, made when it is new; `cust_…`. */
  customerFor(accountId: string, email: string, name: string, at: number): Promise<string>;
  add(envelope: Envelope, signers: readonly Signer[], fields: readonly EnvelopeField[], contentKey: Uint8Array): Promise<void>;
  find(accountId: string, id: string): Promise<Envelope | undefined>;
  /** Newest first; `status` as it is at this instant, whether or not it was written down. */
  list(accountId: string, query: EnvelopeQuery, at: number): Promise<Listed<Envelope>>;
  signers(envelopeId: string): Promise<Signer[]>;
  fields(envelopeId: string): Promise<EnvelopeField[]>;
  /** In order; of these kinds only, where they are named: a history has as many lines as its links were made and its files read. */
  events(envelopeId: string, kinds?: readonly string[]): Promise<EnvelopeEvent[]>;
  /** What the vault did and who came to it, the newest first. */
  access(envelopeId: string, limit: number): Promise<EnvelopeEvent[]>;
  /** Compare-and-set on the state: false when it has moved on. */
  move(envelope: Pick<Envelope, 'id' | 'state'>, change: Partial<Envelope>): Promise<boolean>;
  /** Compare-and-set on the signer's state. */
  moveSigner(
    signer: Pick<Signer, 'id' | 'envelopeId' | 'state'>,
    change: { readonly [K in keyof Signer]?: Signer[K] | undefined },
  ): Promise<boolean>;
  /** They are asked again at this instant. False: somebody else did that since they were read, or they are done. */
  remind(signer: Pick<Signer, 'id' | 'envelopeId' | 'remindedAt'>, at: number): Promise<boolean>;
  /** Keeps answers of one signer and counts their revision up by one; its new value. */
  answer(signerId: string, values: ReadonlyMap<string, FieldValue | null>, at: number): Promise<number>;
  addPass(pass: Pass): Promise<void>;
  findPass(hash: string): Promise<Pass | undefined>;
  /** Deletes some ways in that were over by `then`. True: there may be more. */
  forgetPasses(then: number): Promise<boolean>;
  /** Writes the event, and its leaf to the log. */
  record(event: NewEvent): Promise<void>;
  /** The place in the log (from 0) of the newest event of this kind. */
  leafOf(envelopeId: string, kind: string): Promise<number | undefined>;
  /** The key that this envelope's files are encrypted with, opened. */
  contentKey(envelopeId: string): Promise<Uint8Array>;
  /** Envelopes whose file is to be sealed, account by account in turn; the sealing job's only unscoped read. */
  finishing(limit: number): Promise<Envelope[]>;
  /** Completed or uploaded and not vaulted, or vaulted and not checked, account by account in turn; for the platform that vaults unasked. */
  waitingForVault(limit: number): Promise<Envelope[]>;
  /** Open envelopes whose time has run out. */
  overdue(now: number, limit: number): Promise<Envelope[]>;
  /** Open envelopes that reminding is to look at. */
  remindable(now: number, limit: number): Promise<Envelope[]>;
}
