import type { Context } from 'koa';
import { en } from 'zod/locales';
import type { z } from 'zod/mini';
import { Failure, type Fault } from '../../shared/problem.ts';
import { gathered } from './gathered.ts';

/** Reads a JSON body of at most `cap` bytes: refused by its declared length before a byte is read, and by its real one while reading. */
export async function readJson(ctx: Context, cap = 64 * 1024): Promise<unknown> {
  if (!ctx.is('application/json', '+json')) {
    if (ctx.is() === null || ctx.request.length === 0) return {};
    throw new Failure('media-type-refused', 'Send application/json.');
  }
  const bytes = await readBytes(ctx, cap);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Failure('malformed-json');
  }
}

/** Reads a body of at most `cap` bytes. */
export async function readBytes(ctx: Context, cap: number): Promise<Buffer> {
  const tooLarge = () => new Failure('body-too-large', `At most ${cap} bytes are read here.`);
  if (Number(ctx.get('Content-Length') || 0) > cap) throw tooLarge();
  const content = gathered();
  let length = 0;
  // Giving up on a body must not destroy the connection: the refusal is still to be written to it.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > cap) throw tooLarge();
    content.add(chunk);
  }
  return content.bytes();
}

const { localeError } = en();

/** The value, as its schema reads it; or every fault, each with its JSON Pointer. */
export function parse<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value, { error: localeError });
  if (result.success) return result.data;
  throw new Failure('invalid-input', undefined, { errors: result.error.issues.flatMap(faults) });
}

type Issue = z.core.$ZodIssue;

/** An unknown field is a fault of its own, at its own place. */
function faults(issue: Issue): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), code: issue.code, message: issue.message }];
  return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), code: 'unrecognized_key', message: 'Unknown field' }));
}

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
