import type { Context } from 'koa';
import { type Failure, type ProblemCode, problems } from '../../../shared/problem.ts';
import type { Dialect } from '../../http/answer/problem.ts';
import { json } from '../../http/answer/reply.ts';
import { noticePage } from '../pages/notice.ts';

/** Scribeless: `statusMessage` is "Server Error" for every status in its documentation, so only `statusCode` tells anything. */
export function answerScribelessError(ctx: Context, statusCode: number, message: string): void {
  ctx.status = statusCode;
  json(ctx, { error: true, url: ctx.path, statusCode, statusMessage: 'Server Error', message });
}

/** Kelviq: a sentence, or for faults of the input a list of sentences by field. */
export function answerKelviqError(ctx: Context, status: number, detail: string | Record<string, string[]>): void {
  ctx.status = status;
  json(ctx, { detail });
}

export const scribelessDialect: Dialect = (ctx, failure) => {
  const faults = failure.errors?.map(({ pointer, message }) => `${pointer.slice(1) || 'The body'} ${message}`);
  const sentences: Partial<Record<ProblemCode, string>> = {
    unauthenticated: 'Invalid authentication token.',
    'malformed-json': 'The body must be JSON.',
    internal: 'Server Error',
  };
  const message = faults?.join('; ') ?? sentences[failure.code] ?? sentenceOf(failure);
  // Scribeless names 400, 401 and 500 for these calls; a body it cannot use is "invalid customer details".
  answerScribelessError(ctx, unusable.has(failure.code) ? 400 : problems[failure.code].status, message);
};

export const kelviqDialect: Dialect = (ctx, failure) => {
  const sentences: Partial<Record<ProblemCode, string>> = {
    unauthenticated: ctx.get('x-kelviq-partner-key') ? 'Invalid partner key.' : 'Authentication credentials were not provided.',
    'scope-missing': 'This key is not a partner key.',
    'not-found': 'Not found.',
    'no-such-route': 'Not found.',
    'method-not-allowed': `Method "${ctx.method}" not allowed.`,
    internal: 'A server error occurred.',
  };
  if (failure.code === 'invalid-input') answerKelviqError(ctx, 400, byField(failure, 'non_field_errors', '/'));
  else answerKelviqError(ctx, problems[failure.code].status, sentences[failure.code] ?? sentenceOf(failure));
};

export const pageDialect: Dialect = (ctx, failure) => {
  const { status, title } = problems[failure.code];
  const missing = status === 404;
  noticePage(ctx, status, {
    title: missing ? 'There is nothing here' : title,
    text: missing ? 'The address is not complete, or what it led to is gone.' : (failure.detail ?? 'Go back and try again.'),
  });
};

/** Loyva: a sentence, and for faults of the input where each lies. */
export const loyvaDialect: Dialect = (ctx, failure) => {
  const details = failure.errors?.map(({ pointer, code, message, params }) => ({
    ...{ pointer, code, message: message ?? code },
    ...(params && { params }),
  }));
  json(ctx, { error: sentenceOf(failure), ...(details && { details }) });
};

/** Subscribr, whose framework is Laravel: a sentence, and for faults of the input all of them by field, the first one on top. */
export const subscribrDialect: Dialect = (ctx, failure) => {
  const sentences: Partial<Record<ProblemCode, string>> = {
    unauthenticated: 'Unauthenticated.',
    'not-found': 'Not found.',
    'no-such-route': 'Not found.',
    internal: 'Server Error',
  };
  const [first, ...others] = failure.errors?.map(({ code, message }) => message ?? code) ?? [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'error' : 'errors'})`;
  const message = first ? first + more : (failure.detail ?? sentences[failure.code] ?? sentenceOf(failure));
  json(ctx, { message, ...(first && { errors: byField(failure, 'body', '.') }) });
};

const unusable = new Set<ProblemCode>(['invalid-input', 'media-type-refused']);
const sentenceOf = (failure: Failure): string => failure.detail ?? `${problems[failure.code].title}.`;

/** The faults by field; `root` is what the vendor calls the whole of the body. */
function byField(failure: Failure, root: string, separator: string): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { pointer, code, message } of failure.errors ?? []) {
    const field = pointer.slice(1).replaceAll('/', separator) || root;
    fields[field] = [...(fields[field] ?? []), message ?? code];
  }
  return fields;
}
