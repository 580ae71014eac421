import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { Failure } from '../../../shared/problem.ts';
import { kelviqKeyHeader } from '../../../shared/vendors/kelviq.ts';
import { loyvaKeyHeader } from '../../../shared/vendors/loyva.ts';
import { scribelessKeyHeader } from '../../../shared/vendors/scribeless.ts';
import type { OutboundAnswer, OutboundRequest } from '../../outbound/call.ts';
import { OutboundFailure, type Request } from '../../outbound/request.ts';
import type { Credential } from '../domain/records/ports.ts';
import type { Allowance } from './allowance.ts';
import { assertPlain, isKeyless, keyRepeated } from './key-guard.ts';
import { unsaidWait, waitIn } from './retry-after.ts';

/** Where a vendor is, and what it takes to call it. */
export interface VendorOptions {
  readonly origin: string;
  readonly request: Request;
  /** Opens a credential; called only while a request is built. */
  readonly keyOf: (credential: Credential) => string;
  /** Milliseconds for one call. */
  readonly deadline: number;
}

/** How each vendor takes its key. */
export const keyHeaders: Record<VendorName, (key: string) => Record<string, string>> = {
  scribeless: (key) => ({ [scribelessKeyHeader]: key }),
  kelviq: (key) => ({ [kelviqKeyHeader]: key }),
  loyva: (key) => ({ [loyvaKeyHeader]: key }),
  subscribr: (key) => ({ authorization: `Bearer ${key}` }),
};

/** What came back, looked through for the key that it was asked with. */
export interface VendorAnswer extends OutboundAnswer {
  readonly keyless: boolean;
}

/** Refuses an answer that repeats the key; and one in an encoding: nobody asked for it, and it cannot be looked through. */
export function assertPassable({ headers, keyless }: VendorAnswer): void {
  assertPlain(headers);
  if (!keyless) throw keyRepeated();
}

/** What was asked of the way out: where it fails, `vendor-unavailable`. So a vendor throws `Failure`, and nothing else but what is a bug. */
export const reached = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((cause: unknown) => {
    throw cause instanceof OutboundFailure ? new Failure('vendor-unavailable', undefined, { cause }) : cause;
  });

/** How the way out failed a call that was `reached`; nothing where something else did. */
export const lossOf = (error: unknown): OutboundFailure | undefined =>
  error instanceof Failure && error.cause instanceof OutboundFailure ? error.cause : undefined;

/** One call with a key, or whatever else must not stand in the answer. */
export async function askWith(secret: string, request: Request, call: OutboundRequest): Promise<VendorAnswer> {
  const { status, headers, body } = await reached(request(call));
  return { status, headers, body, keyless: isKeyless({ headers, body }, secret) };
}

/** The key in the clear; `otherwise` where it does not open, which is our own breakage, found before anything was sent. */
export function keyIn(keyOf: VendorOptions['keyOf'], key: Credential, otherwise: 'internal' | 'vendor-unavailable'): string {
  try {
    return keyOf(key);
  } catch (cause) {
    throw new Failure(otherwise, undefined, { cause });
  }
}

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object | undefined;
  /** Milliseconds, where it is not the vendor's usual deadline. */
  readonly deadline?: number;
}
export type VendorCall = (key: Credential, asked: Asked) => Promise<VendorAnswer>;

interface Options extends VendorOptions {
  readonly vendor: VendorName;
  /** What the calls may take of what the vendor allows; freely where it tells nothing of that. */
  readonly allowance?: Allowance;
  /** What a key that does not open is to whoever asked. */
  readonly locked: 'internal' | 'vendor-unavailable';
}

/** Calls in JSON with a partner's or a customer's key, each once. */
export function createCall({ vendor, origin, request, keyOf, deadline: usual, allowance, locked }: Options): VendorCall {
  return async (key, { method, path, body, deadline = usual }) => {
    allowance?.take(key.id);
    const secret = keyIn(keyOf, key, locked);
    const headers = { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...keyHeaders[vendor](secret) };
    const answer = await askWith(secret, request, { origin, path, method, headers, body: body && JSON.stringify(body), deadline });
    allowance?.learn(key.id, answer);
    return answer;
  };
}

/** Of an answer 429 to somebody who can come back. */
export const rateLimited = (answer: OutboundAnswer, detail: string): Failure =>
  new Failure('rate-limited', detail, { retryAfter: Math.ceil((waitIn(answer, 600_000) ?? unsaidWait) / 1000) });
