export const longestBackoff = 300_000;
/** Milliseconds until something is tried again: 1 s, 2 s, 4 s, … 5 min. */
export const backoff = (tries: number): number => Math.min(1000 * 2 ** Math.min(tries, 12), longestBackoff);
