import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';

/** For a GET that makes or records something: who asks for its head alone would do it too, and not see what (RFC 9110, 9.2.1). Failure `method-not-allowed`. */
export function assertGet(ctx: Context): void {
  if (ctx.method === 'GET') return;
  ctx.set('Allow', 'GET');
  throw new Failure('method-not-allowed');
}
