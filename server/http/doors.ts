import type { Router } from '@koa/router';
import Koa, { type Middleware } from 'koa';
import compose from 'koa-compose';
import { secureHeaders } from './answer/headers.ts';
import { isLeaving } from './answer/leaving.ts';
import { answerFailures, type Challenge, type Dialect, type Report } from './answer/problem.ts';
import { passOver } from './body/body.ts';

/** One way in: which paths are its, in whose language it refuses, how one comes in there, and who answers. */
export interface Door {
  readonly paths: Pick<RegExp, 'test'>;
  readonly dialect: Dialect;
  readonly challenge: Challenge;
  readonly answers: readonly Middleware[];
}

export const serving = (...routers: readonly Router[]): Middleware[] =>
  routers.flatMap((router) => [router.routes(), router.allowedMethods()] as unknown as Middleware[]);

/** A path and all below it. */
export const under = (path: string): Door['paths'] => ({ test: (asked) => asked === path || asked.startsWith(`${path}/`) });

/** A server of doors: the first whose paths fit takes the call. `before` is asked at every call. */
export function createApp(doors: readonly Door[], report: Report, before: readonly Middleware[] = []): Koa {
  const app = new Koa();
  const table = doors.map(({ paths, dialect, challenge, answers }) => ({
    paths,
    enter: compose([answerFailures(dialect, report, challenge), ...answers]),
  }));
  for (const middleware of [passOver, secureHeaders, ...before]) app.use(middleware);
  app.use((ctx, next) => table.find(({ paths }) => paths.test(ctx.path))?.enter(ctx, next) ?? next());
  // What goes wrong while an answer is being sent, when nobody can be told any more. A caller who leaves is nobody's breakage.
  app.on('error', (error) => {
    if (!isLeaving(error)) report(error, 'sending');
  });
  return app;
}
