import type { Context } from 'koa';
import { type Failure, type Fault, problems } from '../../../shared/problem.ts';
import type { Dialect } from '../../http/answer/problem.ts';
import { json } from '../../http/answer/reply.ts';

/** Refusals as each vendor writes them, for the doors that speak that vendor's language. */

const words = (failure: Failure): string => failure.detail ?? problems[failure.code].title;

/** Loyva: `{error, code, details:[{pointer, code, message}]}`; an unknown outcome has its `id` beside them. The other vendors' words name it. */
export const loyvaDialect: Dialect = (ctx, failure) => {
  const details = failure.errors?.map(({ pointer, code, message }: Fault) => ({ pointer, code, message: message ?? code }));
  json(ctx, { error: words(failure), code: failure.code, ...(details && { details }), ...(failure.id && { id: failure.id }) });
};

/** Scribeless: `{error:true, url, statusCode, statusMessage, message}`. The address is the path alone: a query may hold a secret. */
export const scribelessDialect: Dialect = (ctx, failure) => {
  const { status, title } = problems[failure.code];
  json(ctx, { error: true, url: ctx.path, statusCode: status, statusMessage: title, message: words(failure) });
};

/** Kelviq: `{detail}`. */
export const kelviqDialect: Dialect = (ctx, failure) => {
  json(ctx, { detail: words(failure) });
};

/** Subscribr: `{message}`, with `errors` by field where the input has faults (Laravel's shape). */
export const subscribrDialect: Dialect = (ctx, failure) => {
  const errors: Record<string, string[]> = {};
  for (const { pointer, code, message } of failure.errors ?? []) {
    const field = pointer.slice(1).replaceAll('/', '.');
    errors[field] = [...(errors[field] ?? []), message ?? code];
  }
  json(ctx, { message: words(failure), ...(failure.errors && { errors }) });
};

/** ScaiKey: 422 is an HTTPValidationError, everything else `{detail:"…"}`. Whether a fault lies in the query or the body, the route says. */
export const scaikeyDialect: Dialect = (ctx, failure) => {
  if (failure.code !== 'invalid-input' && failure.code !== 'malformed-json') {
    json(ctx, { detail: words(failure) });
    return;
  }
  ctx.status = 422;
  const faults = failure.errors ?? [{ pointer: '', code: failure.code, message: words(failure) }];
  json(ctx, {
    detail: faults.map((fault) => ({ loc: [part(ctx), ...segments(fault.pointer)], msg: fault.message ?? fault.code, type: fault.code })),
  });
};

const part = (ctx: Context): string => (ctx.method === 'GET' ? 'query' : 'body');
const segments = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
