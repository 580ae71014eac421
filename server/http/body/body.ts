import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { Failure } from '../../../shared/problem.ts';

/** Of a body that nobody wants any more, so much is read away: more than any door takes. */
const mostReadAway = 64_000_000;
/** Bytes a millisecond. One who sends what is refused, without pause, would otherwise have the program read for nobody else. */
const readAwayPace = 16_000;

/** No body is unpacked here (RFC 9110, 8.4; 15.5.16). Failure `encoding-refused`, with what is taken in `Accept-Encoding` (12.5.3). */
export function assertUnencoded(ctx: Context): void {
  const coding = ctx.get('Content-Encoding').trim();
  if (coding === '' || coding.toLowerCase() === 'identity') return;
  ctx.set('Accept-Encoding', 'identity');
  throw new Failure('encoding-refused', 'Send the body as it is, without a Content-Encoding.');
}

/**
 * A body as it comes in. Whoever gives up on it has its rest read away, so that a caller who is still sending comes to read the answer, and the
 * next call on the connection gets one too; whoever never ends is cut off.
 */
export async function* bodyOf(ctx: Context): AsyncGenerator<Buffer> {
  let ended = false;
  try {
    // Giving up on a body must not destroy the connection: the answer is still to be written to it.
    yield* ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    ended = true;
  } finally {
    if (!ended) readAway(ctx.req);
  }
}

/** The rest of a call that was answered without a look at its body is read away alike. */
export const passOver: Middleware = async (ctx, next) => {
  await next();
  if (!ctx.req.complete && ctx.req.readableFlowing === null) readAway(ctx.req);
};

function readAway(request: IncomingMessage): void {
  let left = mostReadAway;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
    else {
      request.pause();
      setTimeout(() => request.resume(), chunk.length / readAwayPace);
    }
  });
  request.resume();
}
