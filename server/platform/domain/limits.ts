/** How much of its minute a key has left. `resetAt` is the end of the minute, in milliseconds. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  /** False: this call is one too many. */
  readonly within: boolean;
}

export type Limits = ReturnType<typeof limitsOf>;

const minute = 60_000;

/** Counts calls by key in minutes of the clock. Kept in memory: a start begins with full allowances. */
export function limitsOf(now: () => number) {
  let current = 0;
  let calls = new Map<string, number>();
  return {
    now,
    /** Counts one call of the key of this name; one that is refused counts too. */
    spend(name: string, limit: number): Allowance {
      const at = now();
      const window = Math.floor(at / minute);
      if (window !== current) calls = new Map();
      current = window;
      const spent = (calls.get(name) ?? 0) + 1;
      calls.set(name, spent);
      return { limit, remaining: Math.max(0, limit - spent), resetAt: (window + 1) * minute, within: spent <= limit };
    },
  };
}
