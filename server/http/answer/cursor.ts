import type { Place } from '../../../shared/list.ts';
import { Failure } from '../../../shared/problem.ts';

/** A place in a list as callers hand it back: opaque, so that its form may change; undefined at the end, where an answer has none. */
export const writeCursor = (place: Place | null): string | undefined =>
  place ? Buffer.from(JSON.stringify(place)).toString('base64url') : undefined;

type PlaceOf<K extends readonly ('number' | 'string')[]> = { readonly [I in keyof K]: K[I] extends 'number' ? number : string };

/** The place that a cursor names, whose parts are of these kinds. Failure `invalid-input` at `/cursor`. */
export function readCursor<const K extends readonly ('number' | 'string')[]>(text: string | undefined, kinds: K): PlaceOf<K> | undefined {
  if (text === undefined) return undefined;
  const place = jsonOf(Buffer.from(text, 'base64url').toString());
  const fits = Array.isArray(place) && place.length === kinds.length && kinds.every((kind, i) => isOf(kind, place[i]));
  if (fits) return place as unknown as PlaceOf<K>;
  throw new Failure('invalid-input', undefined, {
    errors: [{ pointer: '/cursor', code: 'cursor', message: 'must be a next_cursor of this list' }],
  });
}

const isOf = (kind: 'number' | 'string', value: unknown): boolean =>
  kind === 'number' ? Number.isSafeInteger(value) : typeof value === 'string';

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
