import type { Context } from 'koa';
import { Failure } from '../../shared/problem.ts';

/** How many more calls somebody may make within the minute that ends now. `resetAt`: when the next one comes back, in milliseconds. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  /** False: this call is one too many, and is not counted. */
  readonly within: boolean;
}

export type Rates = ReturnType<typeof createRates>;

const minute = 60_000;

/**
 * Counts calls by name in the minute before each of them, wherever that minute begins: in no minute there are more than the limit. Kept in memory: a
 * start begins with full allowances.
 */
export function createRates(now: () => number) {
  const calls = new Map<string, number[]>();
  let sweptAt = now();

  function forgetIdle(at: number): void {
    if (Math.abs(at - sweptAt) < minute) return;
    sweptAt = at;
    for (const [name, times] of calls) if ((times.at(-1) ?? 0) <= at - minute) calls.delete(name);
  }

  return {
    now,
    /** Counts one call of this name. */
    spend(name: string, limit: number): Allowance {
      const at = now();
      forgetIdle(at);
      const times = (calls.get(name) ?? []).filter((time) => time > at - minute && time <= at);
      const within = times.length < limit;
      if (within) times.push(at);
      calls.set(name, times);
      return { limit, remaining: Math.max(0, limit - times.length), resetAt: (times[0] ?? at) + minute, within };
    },
  };
}

/** Whole seconds until one more call is let in. */
export const secondsUntil = ({ resetAt }: Allowance, now: number): number => Math.max(1, Math.ceil((resetAt - now) / 1000));

/**
 * Counts a call under each of these names, and says what is left of the scarcest (draft-ietf-httpapi-ratelimit-headers-10). Failure `rate-limited`.
 */
export function limitRate(ctx: Context, rates: Rates, names: readonly { readonly name: string; readonly limit: number }[]): void {
  const spent = names.map(({ name, limit }) => rates.spend(name, limit));
  const [scarcest] = spent.toSorted((a, b) => Number(a.within) - Number(b.within) || a.remaining - b.remaining);
  if (!scarcest) return;
  const seconds = secondsUntil(scarcest, rates.now());
  ctx.set('RateLimit-Policy', `"minute";q=${scarcest.limit};w=60`);
  ctx.set('RateLimit', `"minute";r=${scarcest.remaining};t=${seconds}`);
  if (!scarcest.within)
    throw new Failure('rate-limited', `At most ${scarcest.limit} calls a minute are answered.`, { retryAfter: seconds });
}

/** Calls a minute: of one way in (a link, a session), and from one address, which a whole office may share. */
export const doorRates = { pass: 300, address: 3_000 } as const;
