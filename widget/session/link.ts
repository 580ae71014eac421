import type { Problem, ProblemCode } from '../../shared/problem.ts';
import { Prover } from './dpop.ts';
import { LinkError } from './link-error.ts';

/** One request to the gateway, before it is signed. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path under the server, from `/embed/`. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Reads an answer that is not JSON. */
  read?: (response: Response) => Promise<unknown>;
  /** The body as text, once it is known: until then the request stands ready, signed, and leaves the page even while that is closed. */
  held?: Promise<string>;
  /** Ends the request; without it the patience for an answer does. */
  signal?: AbortSignal | undefined;
}

/** The headers that say who asks. `now` is the server's time in milliseconds. */
export type Authorize = (method: string, url: string, token: string, now: number) => Promise<Record<string, string>>;

const dpop: Authorize = async (method, url, token, now) => ({
  Authorization: `DPoP ${token}`,
  DPoP: await (await Prover.of(document)).proof(method, url, token, now),
});

/** Milliseconds after which a request counts as unanswered. */
const patience = 12_000;

/** The only way from the page to the gateway. Signs each attempt, keeps the server's time, and turns every refusal into a LinkError. */
export class Link {
  readonly server: string;
  readonly #authorize: Authorize;
  #offset = 0;

  constructor(server: string, authorize = dpop) {
    this.server = server.replace(/\/+$/, '');
    this.#authorize = authorize;
  }

  /** The server's time in milliseconds, as far as its answers tell. */
  now(): number {
    return Date.now() + this.#offset;
  }

  /** Sends a call with this token. A proof refused for its time or its jti is made anew, twice at most. */
  async send<T>(call: Call, token: string): Promise<T> {
    for (let tries = 0; ; tries++) {
      const response = await this.#exchange(call, token);
      if (response.ok) return response.status === 204 ? (undefined as T) : ((await (call.read ?? read)(response)) as T);
      const error = await refusalOf(response);
      if (tries === 2 || (error.code !== 'proof-stale' && error.code !== 'proof-replayed')) throw error;
      await sleep(1000 * Math.min(error.retryAfter ?? 0, 10));
    }
  }

  async #exchange({ method, path, body, headers, held, signal }: Call, token: string): Promise<Response> {
    const url = this.server + path;
    const proof = await this.#authorize(method, url, token, this.now());
    const text = held ? await held : body === undefined ? null : JSON.stringify(body);
    const sent = Date.now();
    try {
      const response = await fetch(url, {
        method,
        keepalive: !!held,
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
        signal: signal ?? AbortSignal.timeout(patience),
        headers: {
          ...headers,
          ...proof,
          ...(text && { 'Content-Type': 'application/json' }),
        },
        body: text,
      });
      this.#learn(response.headers.get('Date'), sent);
      return response;
    } catch (error) {
      const slow = (error as Error).name === 'TimeoutError';
      throw new LinkError(
        slow ? 'timeout' : 'network',
        `${method} ${path} had no answer. Is ${location.origin} registered for the partner?`,
      );
    }
  }

  /** The Date header has whole seconds; an answer that was long under way tells nothing. */
  #learn(date: string | null, sent: number): void {
    const now = Date.now();
    const offset = Date.parse(date ?? '') - now;
    if (Math.abs(offset - this.#offset) > 2000 && now - sent < 8000) this.#offset = offset;
  }
}

async function read(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new LinkError('unreadable', 'The answer was cut off or is not JSON.');
  }
}

async function refusalOf(response: Response): Promise<LinkError> {
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  const code = (problem.code ?? (response.status >= 500 ? 'internal' : 'unreadable')) as ProblemCode;
  const wait = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new LinkError(code, problem.detail ?? problem.title ?? `HTTP ${response.status}`, response.status, problem, wait || undefined);
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
