import type { Dispatcher, Pool } from 'undici';
import type { OutboundAnswer, OutboundRequest, OutboundStream } from './call.ts';
import { AnswerTooLong, begin } from './exchange.ts';
import { interimTaker, isInterim } from './interim.ts';
import { streamedAnswer } from './stream.ts';

export { AnswerTooLong, OutboundFailure } from './exchange.ts';

/** The lane of the files that somebody's readers read: as slowly as each of them likes, up to the deadline. */
export const filesLane = (whose: string): string => `files ${whose}`;

export type Request = (request: OutboundRequest) => Promise<OutboundAnswer>;

/** Gives the answer when its headers are there; its bytes come as they are read, under the same deadline and cap. */
export type RequestStream = (request: OutboundRequest) => Promise<OutboundStream>;

export interface Outbound {
  readonly request: Request;
  readonly stream: RequestStream;
  close(): Promise<void>;
}

/** The only way out: a pool of connections per origin and lane, a total deadline, and a cap on what is read. */
export function createOutbound(): Outbound {
  const pools = new Map<string, Pool>();
  /** The library is loaded at the first call out: it is a good part of the start, and nothing is asked of it before. */
  async function open(name: string, origin: string): Promise<Pool> {
    const [{ Pool }, takeInterim] = await Promise.all([import('undici'), interimTaker()]);
    const known = pools.get(name);
    if (known) return known;
    const pool = new Pool(origin, {
      connections: 64,
      pipelining: 1,
      connect: { timeout: 3_000 },
      headersTimeout: 120_000,
      bodyTimeout: 30_000,
      allowH2: false,
    });
    pools.set(name, pool);
    takeInterim(pool);
    return pool;
  }
  const poolOf = (origin: string, lane: string): Pool | Promise<Pool> => {
    const name = `${origin} ${lane}`;
    return pools.get(name) ?? open(name, origin);
  };

  return {
    request: async (call) => bufferedAnswer(await poolOf(call.origin, call.lane ?? ''), call),
    stream: async (call) => streamedAnswer(await poolOf(call.origin, call.lane ?? ''), call),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** Undici's own events rather than its streams and signals: those cost more than the rest of a small call. */
function bufferedAnswer(pool: Pool, call: OutboundRequest): Promise<OutboundAnswer> {
  const { cap = 1024 * 1024 } = call;
  return new Promise((resolve, reject) => {
    const exchange = begin(call, reject);
    let status = 0;
    let answered: OutboundAnswer['headers'] = {};
    const chunks: Buffer[] = [];
    let length = 0;
    const events: Dispatcher.DispatchHandler = {
      onRequestStart: exchange.started,
      onResponseStart(_, statusCode, found) {
        if (isInterim(statusCode)) return;
        exchange.answered();
        status = statusCode;
        answered = found;
      },
      onResponseData(_, chunk) {
        length += chunk.length;
        if (length > cap) exchange.fail(new AnswerTooLong(cap));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        exchange.end();
        resolve({ status, headers: answered, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
      },
      onResponseError: (_, error) => exchange.fail(error),
    };
    exchange.dispatch(pool, events);
  });
}
