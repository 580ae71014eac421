import type { VendorName } from '../../../../shared/onboarding/flow.ts';

/** A partner's call on a vendor's own path. */
export interface ProxiedCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query as they came, checked by the row's pattern. */
  readonly path: string;
  readonly accept: string | undefined;
  readonly body: Buffer | AsyncIterable<Uint8Array> | undefined;
  /** What the body is; JSON when nothing is said. */
  readonly contentType?: string | undefined;
  /** Bytes of a streamed body, where the caller told them before. */
  readonly contentLength?: number | undefined;
  /** Milliseconds for the whole of it, repeats and the reading of the answer included. */
  readonly deadline: number;
  /** Is handed what gives the call up when the caller leaves; only calls that change nothing have it. */
  readonly leaving?: ((giveUp: () => void) => void) | undefined;
}

/** What is known of a body that may still be coming in. */
export interface CallBody {
  /** Is it here already, so that its fingerprint costs no waiting? */
  readonly ready: boolean;
  /** Equal for bodies that say the same; reads whatever of it was not read yet. */
  fingerprint(): Promise<string>;
  /** Was all of it read? */
  whole(): boolean;
}

/** What the table says of a call, and its caller of doing it once. */
export interface ProxiedRow {
  readonly vendor: VendorName;
  /** Method and path pattern, for the log. */
  readonly row: string;
  readonly rebuild: Rebuild | undefined;
  readonly repeatable: boolean;
  readonly idempotencyKey: string | undefined;
  readonly body: CallBody | undefined;
}

/** The caller broke off while its own body was being sent: the vendor never saw the whole of it. */
export class CallerLeft extends Error {
  constructor(cause: unknown) {
    super('The caller left.', { cause });
    this.name = 'CallerLeft';
  }
}

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Has the vendor done nothing and named another address for the same call (RFC 9110 sections 15.4.2, 15.4.8 and 15.4.9)? It often wants a slash. */
export const isElsewhere = (status: number): boolean => status === 301 || status === 307 || status === 308;
/** A secret found in a vendor's answer, and whose it is. */
export interface FoundSecret {
  /** The customer it is stored under: Kelviq's `externalId`, or `scribeless:<teamId>`. */
  readonly externalId: string;
  readonly ref: string;
  readonly secret: string;
}

/** A row whose answer can carry secrets: reads them out, and writes the answer again with what stands for them (null: nothing does). */
export interface Rebuild {
  /** The secrets in the answer; throws when it cannot be read, and then its bytes go nowhere. */
  find(body: Buffer): FoundSecret[];
  write(body: Buffer, reference: (found: FoundSecret) => string | null): Buffer;
  /** A refusal as it may pass: without whatever could be a secret, and empty when it cannot be read. */
  refusal(body: Buffer): Buffer;
  /** Does this call open something, so that its keys are ours to keep? A read only names keys that are kept already. */
  readonly opens: boolean;
}
