import type { Context } from 'koa';
import { en } from 'zod/locales';
import type { z } from 'zod/mini';
import { pointerTo } from '../../../shared/json-pointer.ts';
import { Failure, type Fault } from '../../../shared/problem.ts';
import { assertUnencoded, bodyOf } from './body.ts';
import { gathered } from './gathered.ts';
import { assertShape } from './json-shape.ts';

const usualCap = 64 * 1024;

/**
 * Reads a JSON body of at most `cap` bytes: refused by its declared length before a byte is read, and by its real one while reading. Failure
 * `malformed-json` also when there is none.
 */
export async function readJson(ctx: Context, cap = usualCap): Promise<unknown> {
  const body = await readJsonIfAny(ctx, cap);
  if (body === undefined) throw new Failure('malformed-json', 'There is no body: send JSON.');
  return body;
}

/** The same where everything may be left out, the body too: then nothing. */
export async function readJsonIfAny(ctx: Context, cap = usualCap): Promise<unknown> {
  if (!ctx.is('application/json', '+json')) {
    if (ctx.is() === null || ctx.request.length === 0) return undefined;
    throw new Failure('media-type-refused', 'Send application/json.');
  }
  const bytes = await readBytes(ctx, cap);
  if (bytes.length === 0) return undefined;
  assertShape(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Failure('malformed-json');
  }
}

/** Reads a body of at most `cap` bytes. */
export async function readBytes(ctx: Context, cap: number): Promise<Buffer> {
  const tooLarge = () => new Failure('body-too-large', `At most ${cap} bytes are read here.`);
  assertUnencoded(ctx);
  if (Number(ctx.get('Content-Length') || 0) > cap) throw tooLarge();
  const content = gathered();
  let length = 0;
  for await (const chunk of bodyOf(ctx)) {
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
  const unkept = [...unkeptIn(value, '')];
  if (result.success && unkept.length === 0) return result.data;
  const errors = result.error?.issues.flatMap(faults) ?? [];
  throw new Failure('invalid-input', undefined, {
    errors: [...errors, ...unkept.filter(({ pointer }) => errors.every((fault) => fault.pointer !== pointer))],
  });
}

/**
 * What no schema sees and nothing could keep as it came: half a character (a lone surrogate; RFC 7493, 2.1), which would turn into U+FFFD and make
 * one of two texts; and the name `__proto__`, which schemas drop.
 */
function* unkeptIn(value: unknown, at: string): Generator<Fault> {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) yield { pointer: at, code: 'half-character', message: 'must not hold half a character (a lone surrogate)' };
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [name, each] of Object.entries(value)) {
      const there = at + pointerTo(name.toWellFormed());
      if (name === '__proto__') yield { pointer: there, code: 'reserved-name', message: 'must not be called __proto__' };
      else if (!name.isWellFormed()) yield { pointer: there, code: 'half-character', message: 'must not be called by half a character' };
      yield* unkeptIn(each, there);
    }
  }
}

type Issue = z.core.$ZodIssue;

/** An unknown field is a fault of its own, at its own place. */
function faults(issue: Issue): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(...issue.path), code: issue.code, message: issue.message }];
  return issue.keys.map((key) => ({ pointer: pointerTo(...issue.path, key), code: 'unrecognized_key', message: 'Unknown field' }));
}
