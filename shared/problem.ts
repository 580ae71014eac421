import { z } from 'zod/mini';

/**
 * Every expected refusal: its HTTP status and its title (RFC 9457). The code is the last part of the problem's `type`, which resolves to
 * a page; words for customers live in the widget's catalogues, by code.
 */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'idempotency-key-missing': { status: 400, title: 'This call needs an Idempotency-Key header' },
  unauthenticated: { status: 401, title: 'No valid credential was presented' },
  'token-invalid': { status: 401, title: 'The embed token is not valid here' },
  'token-expired': { status: 401, title: 'The embed token has expired' },
  'token-used': { status: 401, title: 'The embed token was already used by another browser' },
  'session-invalid': { status: 401, title: 'There is no such session' },
  'session-expired': { status: 401, title: 'The session token has expired' },
  'session-ended': { status: 401, title: 'The session has ended' },
  'proof-invalid': { status: 401, title: 'The DPoP proof is missing or not valid' },
  'proof-stale': { status: 401, title: 'The DPoP proof was made too early or too late' },
  'proof-replayed': { status: 401, title: 'The DPoP proof was already used' },
  'key-in-browser': { status: 403, title: 'A partner key was sent by a browser' },
  'scope-missing': { status: 403, title: 'The credential lacks the scope for this' },
  'wrong-mode': { status: 403, title: 'A test key reaches only test data, a live key only live data' },
  'origin-refused': { status: 403, title: 'This page may not use the token' },
  'partner-suspended': { status: 403, title: 'The partner is suspended' },
  'plan-missing': { status: 403, title: 'The plan does not include this' },
  'limit-reached': { status: 403, title: 'A limit of the partner is reached' },
  'role-missing': { status: 403, title: 'The token lacks the role for this' },
  'no-such-route': { status: 404, title: 'There is nothing at this address' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'The address does not know this method' },
  'slug-taken': { status: 409, title: 'The slug is taken' },
  'credential-missing': { status: 409, title: 'No key of this vendor is stored' },
  'credential-in-use': { status: 409, title: 'Another partner already holds this key' },
  'idempotency-key-running': { status: 409, title: 'A call with this Idempotency-Key is still running' },
  'step-not-open': { status: 409, title: 'This step cannot be taken now' },
  'run-wrong-state': { status: 409, title: 'It is not in a state that allows this' },
  'ceremony-ended': { status: 409, title: 'This document can no longer be signed or declined' },
  'not-your-turn': { status: 409, title: 'Somebody else signs first' },
  'consent-missing': { status: 409, title: 'The signer has not agreed to sign on screen' },
  'pages-unread': { status: 409, title: 'Not every page was shown' },
  'ceremony-changed': { status: 409, title: 'The signer saw another document, date or answers than are kept' },
  'envelope-wrong-state': { status: 409, title: 'The envelope is not in a state that allows this' },
  'link-expired': { status: 410, title: 'The link is no longer good' },
  'copy-released': { status: 410, title: 'The authoritative copy has left this vault' },
  'draft-changed': { status: 412, title: 'The draft was changed elsewhere in the meantime' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'media-type-refused': { status: 415, title: 'The body is of a type that is not read here' },
  'encoding-refused': { status: 415, title: 'The body is in a content encoding, and only plain ones are read here' },
  'invalid-input': { status: 422, title: 'The input has faults' },
  'document-refused': { status: 422, title: 'The document cannot be signed here' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key came with another body before' },
  'precondition-missing': { status: 428, title: 'This call needs an If-Match header' },
  'rate-limited': { status: 429, title: 'There were too many calls' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'ceremony-missing': { status: 501, title: 'This vendor has no ceremony that can be shown in the page' },
  'vendor-refused': { status: 502, title: 'The vendor refused the call' },
  'vendor-unreadable': { status: 502, title: 'The vendor gave an answer that cannot be read' },
  'outcome-unknown': { status: 502, title: 'The vendor may or may not have done it' },
  'log-changed': { status: 503, title: 'The log is not what was written' },
  'vendor-unavailable': { status: 503, title: 'The vendor did not answer' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** One fault of an input: where (JSON Pointer, RFC 6901), which rule, and in words for developers. */
export const Fault = z.object({
  pointer: z.string(),
  code: z.string(),
  message: z.optional(z.string()),
  params: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
});
export type Fault = z.infer<typeof Fault>;

/** The body of every refusal on `/embed/*`, `/partner/*` and the registry's sub-resources: `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  instance: z.string(),
  detail: z.optional(z.string()),
  errors: z.optional(z.array(Fault)),
});
export type Problem = z.infer<typeof Problem>;

/** The one expected error. `detail` is for the caller; `cause` is for the log and never leaves the server. */
export class Failure extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: readonly Fault[] | undefined;
  /** Seconds the caller should wait (sent as Retry-After). */
  readonly retryAfter: number | undefined;
  /** Names what it is about where that can be asked for later: a call whose outcome is unknown. */
  readonly id: string | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    options: { cause?: unknown; errors?: readonly Fault[]; retryAfter?: number; id?: string } = {},
  ) {
    super(detail ?? problems[code].title, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'Failure';
    this.code = code;
    this.detail = detail;
    this.errors = options.errors;
    this.retryAfter = options.retryAfter;
    this.id = options.id;
  }
}
