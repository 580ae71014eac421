import type { Fault, Problem, ProblemCode } from '../../shared/problem.ts';

/**
 * What can go wrong without an answer of the server: it was not reached, it was too slow, its answer could not be read; nobody gave a
 * token, or `fetchToken` failed; the page has no WebCrypto (plain http); the view's script did not load, or the token is for another view;
 * a script, not a person, asked to sign or to decline; the page's policy keeps the vendor's signing page out of its frame.
 */
export type OwnCode =
  | 'network'
  | 'timeout'
  | 'unreadable'
  | 'no-token'
  | 'fetch-token'
  | 'insecure-page'
  | 'script'
  | 'wrong-view'
  | 'untrusted-event'
  | 'frame-blocked'
  | 'logged-out';

/** The one error of the session link: a problem of the server (RFC 9457), or one of our own codes. */
export class LinkError extends Error {
  readonly code: ProblemCode | OwnCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly detail: string;
  readonly instance: string | undefined;
  readonly errors: readonly Fault[];
  /** Seconds the server asks us to wait. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode | OwnCode, detail: string, status = 0, problem?: Partial<Problem>, retryAfter?: number) {
    super(detail);
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.instance = problem?.instance;
    this.errors = problem?.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** Nobody can tell whether the server acted: read the truth before saying anything. */
  get unclear(): boolean {
    // A replayed proof means that the browser sent the request twice: the first one may have arrived.
    return this.status === 0 || this.status >= 500 || this.code === 'proof-replayed';
  }
}

/** Anything thrown, as a LinkError. */
export const asLinkError = (error: unknown): LinkError => (error instanceof LinkError ? error : new LinkError('internal', String(error)));
