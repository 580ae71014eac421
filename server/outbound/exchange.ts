import type { Dispatcher, Pool } from 'undici';
import type { OutboundRequest } from './call.ts';

/** No usable answer. `sent` is false only when it is certain that the other side never saw the request, or never the whole of its body. */
export class OutboundFailure extends Error {
  readonly sent: boolean;

  constructor(message: string, sent: boolean, cause: unknown) {
    super(message, { cause });
    this.name = 'OutboundFailure';
    this.sent = sent;
  }
}

/** Why a call failed whose answer is longer than the bytes that are read: asked again, it would be as long. */
export class AnswerTooLong extends Error {
  constructor(cap: number) {
    super(`The answer is longer than ${cap} bytes.`);
    this.name = 'AnswerTooLong';
  }
}

/** The way of one request from its start to its end, which comes once: by `end`, or by `fail`. */
export interface Exchange {
  /** Comes when a connection is there and the request is about to be written on it: what fails before that never left. */
  started(controller: Dispatcher.DispatchController): void;
  /** The answer has begun. */
  answered(): void;
  fail(error: unknown): void;
  end(): void;
  dispatch(pool: Pool, events: Dispatcher.DispatchHandler): void;
}

/** Watches over the deadline, the caller's leaving and the body that is sent; `failed` hears of a failure, once. */
export function begin(call: OutboundRequest, failed: (error: unknown) => void): Exchange {
  const { origin, path, method, headers, body, deadline, leaving } = call;
  let controller: Dispatcher.DispatchController | undefined;
  let over = false;
  let failure: unknown;
  /** Can the other side act on it? Not while the end of a body that comes in chunks is still with us, unless it answers before. */
  let whole = true;
  let answered = false;

  const fail = (error: unknown, own?: { error: unknown }) => {
    if (over) return;
    over = true;
    clearTimeout(timeout);
    failure = own
      ? own.error
      : new OutboundFailure(`${method} to ${new URL(origin).host} failed`, controller !== undefined && (whole || answered), error);
    controller?.abort(failure instanceof Error ? failure : new Error('The call was given up.'));
    failed(failure);
  };
  const timeout = setTimeout(() => fail(new Error('The deadline passed.')), deadline);
  leaving?.(() => {
    // Every caller leaves in the end: an error is made only where it tells something.
    if (over) return;
    const error = new Error('The caller left.');
    fail(error, { error });
  });

  /** The same chunks. What goes wrong with them is told before undici hears of it: the call then fails with this very error. */
  async function* watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let left = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
    try {
      for await (const chunk of chunks) {
        left -= chunk.length;
        whole = left <= 0;
        yield chunk;
      }
      whole = true;
    } catch (error) {
      fail(error, { error });
      throw error;
    }
  }

  return {
    started(given) {
      controller = given;
      // What waited for a connection until its deadline must not leave any more.
      if (over) given.abort(failure instanceof Error ? failure : new Error('The call was given up.'));
    },
    answered() {
      answered = true;
    },
    fail: (error) => fail(error),
    end() {
      over = true;
      clearTimeout(timeout);
    },
    dispatch(pool, events) {
      if (over) return;
      const sending = body !== undefined && typeof body === 'object' && Symbol.asyncIterator in body;
      // Undici takes every iterable; its types name only Node's own streams.
      const written = (sending ? watched(body) : (body ?? null)) as Exclude<Dispatcher.DispatchOptions['body'], undefined>;
      whole = !sending || headers['content-length'] === '0';
      try {
        pool.dispatch({ path, method, headers, body: written }, events);
      } catch (error) {
        // A header or a path that cannot be written.
        fail(error);
      }
    },
  };
}
