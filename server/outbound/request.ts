import type { Dispatcher, Pool } from 'undici';

/** One request out. Only the headers given here are sent; nothing follows a redirect. */
export interface OutboundRequest {
  readonly origin: string;
  /** Path and query, already encoded. */
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Milliseconds for the whole of it, answer read. */
  readonly deadline: number;
  /** Bytes of answer that are read at most. */
  readonly cap?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** No usable answer. `sent` is false only when it is certain that the other side never saw the request. */
export class OutboundFailure extends Error {
  readonly sent: boolean;

  constructor(message: string, sent: boolean, cause: unknown) {
    super(message, { cause });
    this.name = 'OutboundFailure';
    this.sent = sent;
  }
}

export type Request = (request: OutboundRequest) => Promise<OutboundAnswer>;

/** The only way out: a pool of connections per origin, a total deadline, and a cap on what is read. */
export function createOutbound(): { request: Request; close(): Promise<void> } {
  const pools = new Map<string, Pool>();
  /** The library is loaded at the first call out: it is a good part of the start, and nothing is asked of it before. */
  async function open(origin: string): Promise<Pool> {
    const { Pool } = await import('undici');
    const known = pools.get(origin);
    if (known) return known;
    const pool = new Pool(origin, {
      connections: 64,
      pipelining: 1,
      connect: { timeout: 3_000 },
      headersTimeout: 120_000,
      bodyTimeout: 30_000,
      allowH2: false,
    });
    pools.set(origin, pool);
    return pool;
  }

  return {
    request: async (call) => answerTo(pools.get(call.origin) ?? (await open(call.origin)), call),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/**
 * Undici's own events rather than its streams and signals: those cost more than the rest of a small call. `onRequestStart` comes when a
 * connection is there and the request is about to be written on it: what fails before that never left.
 */
function answerTo(
  pool: Pool,
  { origin, path, method, headers, body, deadline, cap = 1024 * 1024 }: OutboundRequest,
): Promise<OutboundAnswer> {
  return new Promise((resolve, reject) => {
    let started: Dispatcher.DispatchController | undefined;
    let failed: OutboundFailure | undefined;
    const fail = (error: unknown) => {
      failed ??= new OutboundFailure(`${method} to ${new URL(origin).host} failed`, started !== undefined, error);
      clearTimeout(timeout);
      started?.abort(failed);
      reject(failed);
    };
    const timeout = setTimeout(() => fail(new Error('The deadline passed.')), deadline);

    let status = 0;
    let answered: OutboundAnswer['headers'] = {};
    const chunks: Buffer[] = [];
    let length = 0;
    const events: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        started = controller;
        // What waited for a connection until its deadline must not leave any more.
        if (failed) controller.abort(failed);
      },
      onResponseStart(_, statusCode, found) {
        status = statusCode;
        answered = found;
      },
      onResponseData(_, chunk) {
        length += chunk.length;
        if (length > cap) fail(new Error(`The answer is longer than ${cap} bytes.`));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        clearTimeout(timeout);
        resolve({ status, headers: answered, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
      },
      onResponseError: (_, error) => fail(error),
    };
    try {
      pool.dispatch({ path, method, headers, body: body ?? null }, events);
    } catch (error) {
      // A header or a path that cannot be written.
      fail(error);
    }
  });
}
