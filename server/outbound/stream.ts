import { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import type { OutboundRequest, OutboundStream } from './call.ts';
import { AnswerTooLong, begin } from './exchange.ts';
import { isInterim } from './interim.ts';

/** Bytes come as fast as they are read: a reader who is slow makes the vendor wait, not the memory grow. */
export function streamedAnswer(pool: Pool, call: OutboundRequest): Promise<OutboundStream> {
  const { cap = 1024 * 1024 } = call;
  return new Promise((resolve, reject) => {
    let body: Readable | undefined;
    const exchange = begin(call, (error) => {
      body?.destroy(error instanceof Error ? error : new Error('The call was given up.'));
      reject(error);
    });
    let length = 0;
    const events: Dispatcher.DispatchHandler = {
      onRequestStart: exchange.started,
      onResponseStart(controller, status, headers) {
        if (isInterim(status)) return;
        exchange.answered();
        body = new Readable({
          read: () => controller.resume(),
          destroy(error, done) {
            // After the end this does nothing.
            exchange.fail(error ?? new Error('The reader left.'));
            done(error);
          },
        });
        // Whoever reads has its own listener; one that has left must not end the process with an error nobody hears.
        body.on('error', () => {});
        resolve({ status, headers, body });
      },
      onResponseData(controller, chunk) {
        length += chunk.length;
        if (length > cap) exchange.fail(new AnswerTooLong(cap));
        else if (body && !body.push(chunk)) controller.pause();
      },
      onResponseEnd() {
        exchange.end();
        body?.push(null);
      },
      onResponseError: (_, error) => exchange.fail(error),
    };
    exchange.dispatch(pool, events);
  });
}
