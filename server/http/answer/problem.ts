import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { Failure, type Problem, problems } from '../../../shared/problem.ts';
import { json } from './reply.ts';

/** Writes a refusal in the dialect of one door. */
export type Dialect = (ctx: Context, failure: Failure, instance: string) => void;

/** Told of every failure that is a bug or a breakage of ours; never of what a caller did wrong. */
export type Report = (error: unknown, instance: string) => void;

/** How to come in where a credential is missing or wrong (`WWW-Authenticate` of a 401; RFC 9110, 11.6.1). */
export type Challenge = (ctx: Context, failure: Failure) => string;

/** For a key in a header of its own, for which no scheme is registered. */
export const keyChallenge = (header: string): string => `ApiKey header="${header}"`;

/** RFC 6750, 3: whoever sent no token is told no error. */
export const bearerChallenge: Challenge = (ctx) => (ctx.get('Authorization') === '' ? 'Bearer' : 'Bearer error="invalid_token"');

/**
 * The outermost middleware: whatever is thrown below becomes an answer in the door's dialect, a 401 with its challenge. What is not a Failure is
 * a bug: 500, reported, not described.
 */
export function answerFailures(dialect: Dialect, report: Report, challenge: Challenge = bearerChallenge): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.body == null && ctx.status === 404) throw new Failure('no-such-route');
      if (ctx.body == null && [405, 501].includes(ctx.status))
        throw new Failure(ctx.response.get('Allow') ? 'method-not-allowed' : 'no-such-route');
    } catch (error) {
      // Whoever left in the middle of a call gets no answer, and it is nobody's bug.
      // (A request that was read to its end counts as destroyed too, so the answer's side is asked.)
      if (ctx.res.destroyed && !(error instanceof Failure)) return;
      const instance = `urn:uuid:${randomUUID()}`;
      const failure = error instanceof Failure ? error : new Failure('internal', undefined, { cause: error });
      const { status } = problems[failure.code];
      // 501 tells what a vendor is like; nothing broke.
      if (status >= 500 && status !== 501) report(failure.cause ?? failure, instance);
      ctx.status = status;
      ctx.set('Cache-Control', 'no-store');
      if (status === 401) ctx.set('WWW-Authenticate', challenge(ctx, failure));
      if (failure.retryAfter !== undefined) ctx.set('Retry-After', String(failure.retryAfter));
      dialect(ctx, failure, instance);
    }
  };
}

/** RFC 9457. `typeBase` is the address under which each code has its page. */
export const problemDialect =
  (typeBase: string): Dialect =>
  (ctx, failure, instance) => {
    const { status, title } = problems[failure.code];
    const problem: Problem = { type: typeBase + failure.code, title, status, code: failure.code, instance };
    if (failure.detail) problem.detail = failure.detail;
    if (failure.errors) problem.errors = [...failure.errors];
    json(ctx, problem);
    ctx.type = 'application/problem+json';
  };
