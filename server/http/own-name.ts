import type { Context, Next } from 'koa';

/** Names of this machine to itself, with any port. */
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * For pages that anybody on this machine may read: answers only to the machine's own names, and to those given (`host` or `host:port`). A page in
 * the same browser whose name was made to lead here (DNS rebinding) calls by its own name, and reads nothing. 421 (RFC 9110, 15.5.20).
 */
export function byOwnName(...names: readonly string[]) {
  return async (ctx: Context, next: Next): Promise<void> => {
    if (loopback.test(ctx.host) || names.includes(ctx.host)) return next();
    ctx.status = 421;
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = 'Nothing here answers to this name.\n';
  };
}
