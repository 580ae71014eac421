import Router from '@koa/router';
import type { Context } from 'koa';
import { json } from './answer/reply.ts';

/** What keeps a part from answering as it should, by name: a sentence, or nothing while all is well. */
export type Checks = Readonly<Record<string, () => string | undefined>>;

/** 200 while every check is well, else 503 with what is not: for whoever decides where calls are sent. */
export const answerReady =
  (checks: Checks) =>
  (ctx: Context): void => {
    const faults = Object.entries(checks).flatMap(([check, fault]) => {
      const detail = fault();
      return detail === undefined ? [] : [{ check, detail }];
    });
    ctx.status = faults.length === 0 ? 200 : 503;
    ctx.set('Cache-Control', 'no-store');
    json(ctx, { ready: faults.length === 0, faults });
  };

/** `GET /readyz`, as a door of its own. */
export function readinessRoutes(checks: Checks): Router {
  const router = new Router({ sensitive: true });
  router.get('/readyz', answerReady(checks));
  return router;
}
