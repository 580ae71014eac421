import type { Middleware } from 'koa';

/** The Date header (RFC 9110, 6.6.1) by a clock of ours, written anew once a second. */
export function dated(now: () => number): Middleware {
  let second = 0;
  let text = '';
  return (ctx, next) => {
    const at = Math.floor(now() / 1_000);
    if (at !== second) {
      second = at;
      text = new Date(at * 1_000).toUTCString();
    }
    ctx.res.setHeader('Date', text);
    return next();
  };
}
