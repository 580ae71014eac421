import type Router from '@koa/router';
import Koa from 'koa';
import { secureHeaders } from '../http/answer/headers.ts';
import { isLeaving } from '../http/answer/leaving.ts';
import { answerFailures, type Report } from '../http/answer/problem.ts';
import { passOver } from '../http/body/body.ts';
import { challengeByPath, dialectByPath } from './routes/dialects.ts';

/** The platform's doors, one after the other; what none of them knows is refused in the dialect of its path. */
export function createApp(doors: readonly Router[], report: Report): Koa {
  const app = new Koa();
  app.use(passOver);
  app.use(answerFailures(dialectByPath, report, challengeByPath));
  app.use(secureHeaders);
  for (const door of doors) app.use(door.routes()).use(door.allowedMethods());
  // What Koa itself throws has passed every door above; it must not be printed to the console.
  app.on('error', (error) => {
    if (!isLeaving(error)) report(error, 'koa');
  });
  return app;
}
