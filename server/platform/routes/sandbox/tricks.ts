import type { Context } from 'koa';
import type { Trick } from '../../domain/sandbox/magic.ts';

const longest = 60_000;

/** Plays the sandbox's trick; `fail` answers 500 in the words of the door. */
export async function play(ctx: Context, trick: Trick, fail: () => void): Promise<void> {
  if (trick === 'fail') fail();
  else if (trick === 'silence') await staySilent(ctx);
  else answerRubbish(ctx);
}

/** Says nothing until the caller leaves, at most a minute; then hangs up. */
async function staySilent(ctx: Context): Promise<void> {
  const timer = setTimeout(() => ctx.req.socket.destroy(), longest);
  await new Promise<void>((resolve) => ctx.res.once('close', () => resolve()));
  clearTimeout(timer);
  ctx.respond = false;
  ctx.status = 204;
}

function answerRubbish(ctx: Context): void {
  ctx.status = 200;
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = '<!doctype html><title>Maintenance</title><p>We will be back soon.</p>';
}
