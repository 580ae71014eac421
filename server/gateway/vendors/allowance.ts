import { Failure } from '../../../shared/problem.ts';
import type { OutboundAnswer } from '../../outbound/call.ts';
import { unsaidWait, waitIn } from './retry-after.ts';

/** Who a call is for: somebody who waits for it, or the workers, who leave a quarter of what a key may ask to those who wait. */
export type Purpose = 'people' | 'work';
const kept: Record<Purpose, number> = { people: 0, work: 1 / 4 };

/** Milliseconds: a window that is longer is not believed. */
const longest = 120_000;

interface Window {
  readonly limit: number;
  left: number;
  readonly until: number;
}

/** May a call be made with this key now? Throws `rate-limited`, with the seconds to wait. */
export interface Allowance {
  take(keyId: string): void;
  learn(keyId: string, answer: Pick<OutboundAnswer, 'status' | 'headers'>): void;
}

/**
 * What each key may still ask of a vendor until its window ends: as the vendor's own headers say (`X-RateLimit-Limit`, `-Remaining`, `-Reset`
 * in seconds since 1970, docs.stg.loyva.net/api-reference/overview), less what was asked since. A vendor that says nothing is asked freely.
 */
export function createAllowance({ now, elapsed }: { now: () => number; elapsed: () => number }): (purpose: Purpose) => Allowance {
  const windows = new Map<string, Window>();

  function learn(keyId: string, answer: Pick<OutboundAnswer, 'status' | 'headers'>): void {
    const { status, headers } = answer;
    const at = elapsed();
    const known = windows.get(keyId);
    if (status === 429) {
      windows.set(keyId, { limit: known?.limit ?? 1, left: 0, until: at + (waitIn(answer, longest) ?? unsaidWait) });
      return;
    }
    const [limit, left, reset] = ['limit', 'remaining', 'reset'].map((name) => Number(headers[`x-ratelimit-${name}`] ?? Number.NaN));
    // The vendor names an instant; how far off it is counts from here on by a clock that nobody sets.
    const until = at + (reset ?? 0) * 1000 - now();
    if (!limit || !Number.isFinite(left) || !(until > at) || until > at + longest) return;
    // Answers overtake each other: within one window the least is true.
    const same = known !== undefined && Math.abs(known.until - until) < 2_000;
    windows.set(keyId, { limit, left: same ? Math.min(known.left, left ?? 0) : (left ?? 0), until });
  }

  return (purpose) => ({
    learn,
    take(keyId) {
      const window = windows.get(keyId);
      if (!window) return;
      const at = elapsed();
      if (window.until <= at) return void windows.delete(keyId);
      if (window.left <= window.limit * kept[purpose])
        throw new Failure('rate-limited', 'The vendor allows no more calls just now.', {
          retryAfter: Math.ceil((window.until - at) / 1000),
        });
      window.left -= 1;
    },
  });
}
