import type { Flow, Provisioner, VendorName } from '../../../../shared/onboarding/flow.ts';
import type { RefusalReason, RunStatus } from '../../../../shared/onboarding/onboarding.ts';
import type { Fault } from '../../../../shared/problem.ts';
import type { Mode, Scope } from '../../../../shared/registry.ts';

/** What the gateway keeps, as the domain knows it. Instants are integer milliseconds since 1970, UTC. */

export interface Partner {
  id: string;
  name: string;
  slug: string;
  status: 'ACTIVE' | 'SUSPENDED';
  contactEmail: string;
  maxTenants: number | null;
  maxUsersPerTenant: number | null;
  maxApplicationsPerTenant: number | null;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
}

export interface PartnerKey {
  id: string;
  partnerId: string;
  /** SHA-256 of the key, base64url. */
  hash: string;
  mode: Mode;
  scopes: Scope[];
  lastFour: string;
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
}

export interface Credential {
  id: string;
  partnerId: string;
  /** The gateway's own customer id; empty for the partner's own credential. */
  customerId: string;
  vendor: VendorName;
  mode: Mode;
  box: Uint8Array;
  fingerprint: string;
  /** The vendor's own id of what the key opens (team, organization), where it is known. */
  vendorRef: string | null;
  createdAt: number;
  updatedAt: number;
}

export interface Customer {
  id: string;
  partnerId: string;
  mode: Mode;
  externalId: string;
  /** Sealed JSON of what the partner told of the customer. */
  profile: Uint8Array;
  createdAt: number;
}

export interface Mint {
  jti: string;
  partnerId: string;
  keyId: string;
  /** Empty where the token is for an envelope. */
  customerId: string;
  /** Empty where the token is for a customer. */
  envelopeId: string;
  /** Sealed e-mail of the signer, for whom the vendor is asked to let the session in. */
  signer: Uint8Array | null;
  mode: Mode;
  locale: string | null;
  /** Sealed JSON; echoed in webhooks. */
  metadata: Uint8Array | null;
  expiresAt: number;
}

export interface Session {
  id: string;
  jti: string;
  partnerId: string;
  /** One of the two is empty: a session onboards a customer, or signs or shows an envelope. */
  customerId: string;
  envelopeId: string;
  mode: Mode;
  widget: 'onboarding' | 'sign' | 'vault';
  sub: string;
  /** RFC 7638 thumbprint of the browser's key. */
  jkt: string;
  origin: string;
  locale: string | null;
  createdAt: number;
  endsAt: number;
  endedAt: number | null;
}

export interface SessionToken {
  /** SHA-256 of the token, base64url. */
  hash: string;
  sessionId: string;
  issuedAt: number;
  expiresAt: number;
  firstUsedAt: number | null;
}

export interface Run {
  id: string;
  partnerId: string;
  customerId: string;
  mode: Mode;
  flow: Flow;
  flowVersion: number;
  revision: number;
  /** Sealed JSON of the customer's answers. */
  answers: Uint8Array;
  faults: Fault[];
  status: RunStatus;
  savedAt: number | null;
  submittedAt: number | null;
  billingDoneAt: number | null;
  doneAt: number | null;
  createdAt: number;
  updatedAt: number;
}

/** What a worker asks a vendor for until it is there. */
interface Followed {
  askedAt: number | null;
  checkedAt: number | null;
  /** When something is due; null when nothing is. */
  nextAt: number | null;
  /** Turns since the last change of state; drives the backoff. */
  tries: number;
  unreachable: boolean;
  /** Why the vendor refused the last question for good: nothing is asked until somebody changes something. `state` says how far it was before. */
  refusedFor: RefusalReason | null;
  /** Sealed; the vendor's sentence to it, or that of whoever declined. */
  said: Uint8Array | null;
}

export interface Account extends Followed {
  runId: string;
  partnerId: string;
  vendor: Provisioner;
  position: number;
  state: 'planned' | 'asking' | 'opened' | 'ready' | 'refused' | 'unknown';
  vendorRef: string | null;
  credentialId: string | null;
  openedAt: number | null;
  readyAt: number | null;
}

/** A vendor's ceremony token of one session: what lets it act as one signer of one envelope. */
export interface Pass {
  sessionId: string;
  envelopeId: string;
  partnerId: string;
  /** Sealed. */
  box: Uint8Array;
  createdAt: number;
}

/** A run's `sign` step: its envelope at the vendor, from the plan to the vault. */
export interface Signing extends Followed {
  runId: string;
  stepId: string;
  partnerId: string;
  /** `asking` is written before the request for the envelope leaves. */
  state: 'planned' | 'asking' | 'open' | 'waiting' | 'finishing' | 'signed' | 'declined' | 'voided' | 'expired';
  /** Counts the envelopes that were wanted; a new one is wanted when the one before it ended unsigned or names other parties. */
  round: number;
  /**
   * A request for this round's envelope may or may not have arrived: it is looked for before it is asked for again. While nothing is due it
   * is unknown, and somebody has to say what came of it.
   */
  unclear: boolean;
  envelopeId: string | null;
  /** Fingerprint of the customer's name and e-mail as the envelope has them. */
  party: string | null;
  /** SHA-256 (hex) of the document as it was sent. */
  documentSha256: string | null;
  /** Which parts of the step the vendor last refused, without a word of the answers; empty from the next request on. */
  faults: Fault[];
  /** What the vendor last said, in its own word. */
  vendorStatus: string | null;
  signedAt: number | null;
  /** When the vendor last took the request to vault it. */
  vaultAskedAt: number | null;
  vaultedAt: number | null;
}

export interface FlowDocument {
  partnerId: string;
  name: string;
  /** Where the sealed bytes lie. */
  address: string;
  size: number;
  sha256: string;
  updatedAt: number;
}

/** Where a partner's events are to be sent; one for each mode. */
export interface Webhook {
  partnerId: string;
  mode: Mode;
  url: string | null;
  /** Sealed; what the deliveries are signed with. */
  secret: Uint8Array | null;
  updatedAt: number;
}

export interface TokenKey {
  kid: string;
  purpose: 'embed' | 'admin';
  /** Sealed private key, a JWK. */
  box: Uint8Array;
  /** The public JWK as text. */
  publicJwk: string;
  createdAt: number;
  /** When it stopped signing; it verifies until its last token has expired. */
  retiredAt: number | null;
}

/** A proxied call under an Idempotency-Key. */
export interface KeptCall {
  /** SHA-256 of partner, credential, method and path, base64url. */
  scope: string;
  /** The caller's own Idempotency-Key. */
  key: string;
  /** Names the call where its outcome stays unknown. */
  id: string;
  partnerId: string;
  vendor: VendorName;
  /** Method and path pattern. */
  route: string;
  /** Null while a body is still coming in, and where it never came in whole. */
  fingerprint: string | null;
  /** `running` is written before the request leaves. */
  state: 'running' | 'answered' | 'unknown';
  /** Sealed. */
  answer: Uint8Array | null;
  at: number;
}
