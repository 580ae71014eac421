import type { Job } from '../../jobs.ts';
import type { Sweep } from '../domain/vault/sweep.ts';

/** Deletes the files of what was destroyed. */
export const buryDestroyed = (sweep: Sweep): Job => ({ name: 'bury', every: 5_000, run: sweep.bury });

/** Sets files aside that nothing names, never at a start. */
export const clearOrphans = ({ sweep, now }: { sweep: Sweep; now: () => number }): Job => ({
  name: 'sweep',
  every: 3_600_000,
  first: 3_600_000,
  run: () => sweep.clear(now()),
});
