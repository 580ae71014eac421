import { Failure } from './problem.ts';

/** The key of a row in its list's order; what comes after it is the next page. */
export type Place = readonly (string | number)[];

/** Which rows of a list: those after a place, or else a page by its number, from 1. */
export interface Wanted<P extends Place = Place> {
  readonly limit: number;
  readonly page: number;
  readonly after?: P | undefined;
}

export interface Listed<T> {
  readonly items: T[];
  readonly total: number;
  /** Where the next page begins; null at the end. */
  readonly next: Place | null;
}

/** Rows that a page number may pass over: each of them has to be walked. */
export const deepest = 10_000;

/** How many rows to pass over; undefined where the page lies beyond the last row. Failure `invalid-input` where it is not reached by number. */
export function passedOver({ page, limit, after }: Wanted, total: number): number | undefined {
  const passed = after ? 0 : (page - 1) * limit;
  if (passed > 0 && passed >= total) return undefined;
  if (passed <= deepest) return passed;
  const message = `reaches ${deepest.toLocaleString('en')} rows at most: go on from the page before with its next_cursor, as cursor`;
  throw new Failure('invalid-input', undefined, { errors: [{ pointer: '/page', code: 'too-deep', message }] });
}

/** Rows that were read, one more than are wanted: without that one, and where the next page begins. */
export function cut<R>(rows: readonly R[], limit: number, placeOf: (row: R) => Place): { rows: R[]; next: Place | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: last && rows.length > limit ? placeOf(last) : null };
}
