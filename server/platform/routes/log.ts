import Router from '@koa/router';
import type { Context } from 'koa';
import type { Ledger } from '../domain/vault/ledger.ts';

/** The platform's log for whoever checks it: its newest signed head, and the key that signs it. */
export function logRoutes(ledger: Pick<Ledger, 'checkpoint' | 'verifierKey'>): Router {
  const router = new Router({ sensitive: true });
  const answer = (ctx: Context, text: string) => {
    ctx.set('Cache-Control', 'no-cache');
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = text;
  };
  router.get('/log/checkpoint', async (ctx) => answer(ctx, await ledger.checkpoint()));
  router.get('/log/key', (ctx) => answer(ctx, `${ledger.verifierKey()}\n`));
  return router;
}
