import type { Readable } from 'node:stream';
import type { z } from 'zod/mini';
import type { CeremonyQuery, InlayClientReport } from '../../../../shared/signing/ceremony.ts';
import type { Credential } from '../records/ports.ts';
import type { Refusal } from '../records/refusal.ts';
import type { EnvelopeOrder } from '../run/answers.ts';

/** What a vendor says is wrong with an order: in which part of it, its own code, and figures. */
export interface OrderRefusal {
  readonly part: OrderPart | null;
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>> | undefined;
}

/** What of an order the answers make: the value of a field, by its name, or the first signer. */
export type OrderPart = { readonly field: string } | { readonly signer: 'name' | 'email' };

/**
 * What came of asking for an envelope. `refused`: it was understood and will be refused again until somebody changes something. `later`:
 * certainly nothing was made. `unclear`: one may have been made; look for it before asking again.
 */
export type Making =
  | { readonly kind: 'made'; readonly envelopeId: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly refusals: readonly OrderRefusal[] }
  | { readonly kind: 'later' | 'unclear'; readonly cause: unknown };

/**
 * What came of looking for an envelope. `absent`: it was not made. `untold`: none was seen, but this vendor may not keep our ids, or has more
 * envelopes than were looked through, so that nothing follows from it.
 */
export type Found = { readonly kind: 'found'; readonly envelopeId: string } | { readonly kind: 'absent' | 'untold' };

/** How an envelope stands. `status` is the vendor's word; `signed` says of each signer the vendor names (e-mail in lower case) whether they have. */
export interface Standing {
  readonly status: string;
  readonly vaulted: boolean;
  readonly signed: ReadonlyMap<string, boolean>;
  /** Why it was declined, in the words of whoever did; nothing where the vendor does not say. */
  readonly declined: string | undefined;
}

/** What the gateway asks of a vendor that has envelopes; implemented by `vendors/`. What cannot be asked throws `Failure`; what is refused for good, `RefusedForGood`. */
export interface SigningVendor {
  create(key: Credential, order: EnvelopeOrder): Promise<Making>;
  /** The newest envelope with this external id. */
  find(key: Credential, externalId: string): Promise<Found>;
  /** Nothing when the vendor has no such envelope for this key. */
  standing(key: Credential, envelopeId: string): Promise<Standing | undefined>;
  /** False where it had ended, or was complete, before. */
  void(key: Credential, envelopeId: string, reason: string): Promise<boolean>;
  /** Asks for it to be vaulted; true when it is, false when it will be. */
  vaultIn(key: Credential, envelopeId: string): Promise<boolean>;
}

/** A vendor's own signing page, for a browser to frame. */
export interface SigningPage {
  /** Carries a token that lets its bearer sign: for the session that asked, and nobody else. */
  readonly url: string;
  /** When the token ends; unknown where the vendor does not say. */
  readonly expiresAt: number | undefined;
}

/** What a vendor without a ceremony has in its place; implemented by `vendors/`. */
export interface PageVendor {
  /** `ceremony-ended` when it can not, or no longer, be signed; `not-found` where the vendor has a ceremony, or no such envelope. */
  page(key: Credential, envelopeId: string, email: string): Promise<SigningPage>;
}

/** The calls of shared/signing/ceremony.ts, below its path. */
export interface CeremonyCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: '' | '/consent' | '/pages' | '/fields' | '/outline' | '/decline' | '/finish';
  readonly query?: CeremonyQuery;
  readonly body?: unknown;
}

/** Which part of the document is wanted, as RFC 9110 section 14 has it. */
export interface Wanted {
  readonly range?: string | undefined;
  readonly ifRange?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** A document as it comes from the vendor. Whoever takes it reads or destroys the body, which only 200 and 206 have. */
export interface DocumentAnswer {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable | undefined;
}

/** A vendor's ceremony, forwarded. Nothing (`undefined`) comes back when the vendor no longer takes the pass. */
export interface CeremonyVendor {
  /** A pass for one signer of an envelope. `ceremony-ended` when it can no longer be signed, `ceremony-missing` when the vendor has no ceremony. */
  admit(key: Credential, envelopeId: string, email: string): Promise<string>;
  ask<T>(pass: string, client: InlayClientReport, call: CeremonyCall, schema: z.ZodMiniType<T>): Promise<T | undefined>;
  /** `partnerId`: whose signer reads; readers who are slow keep only their own partner's waiting. */
  document(pass: string, client: InlayClientReport, wanted: Wanted & { partnerId: string }): Promise<DocumentAnswer | undefined>;
}
