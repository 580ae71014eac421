/** Failures in a row after which the other side is left alone, and for how many milliseconds. */
const limits = { failures: 10, rest: 10_000 } as const;
/** Repeats: one for every ten calls, and at most this many saved up. A side that is down is not asked three times as often. */
const repeats = { perCall: 0.1, saved: 10 } as const;
/** Milliseconds to wait while somebody else's call finds out whether the other side is back. */
const probing = 1_000;

/** One call that was let through; exactly one of the three says how it ended. */
export interface Passage {
  worked(): void;
  failed(): void;
  /** It ended without telling anything of the other side. */
  left(): void;
}

/**
 * What is known of the way to another side: a circuit breaker with one probe (Nygard, "Release It!"), and a budget of repeats. Written out
 * because it must go by the program's own clock and tell how long to wait; asking it costs no allocation.
 */
export interface Breaker {
  /** Lets a call through, or says in how many milliseconds one may be. */
  enter(): Passage | number;
  /** Takes one repeat from the budget, if there is one. */
  mayRepeat(): boolean;
}

export function createBreaker(now: () => number): Breaker {
  let failures = 0;
  let restsUntil: number | undefined;
  let probe = false;
  let saved: number = repeats.saved;

  const plain: Passage = {
    worked() {
      failures = 0;
    },
    failed() {
      failures += 1;
      // Calls that were let through before the rest began end in it: they do not make it longer.
      if (failures >= limits.failures) restsUntil ??= now() + limits.rest;
    },
    left() {},
  };
  const probed: Passage = {
    worked() {
      probe = false;
      failures = 0;
      restsUntil = undefined;
    },
    failed() {
      probe = false;
      restsUntil = now() + limits.rest;
    },
    left() {
      probe = false;
    },
  };

  return {
    enter() {
      if (restsUntil === undefined) {
        saved = Math.min(repeats.saved, saved + repeats.perCall);
        return plain;
      }
      const wait = restsUntil - now();
      if (wait > 0) return wait;
      if (probe) return probing;
      probe = true;
      return probed;
    },
    mayRepeat() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
