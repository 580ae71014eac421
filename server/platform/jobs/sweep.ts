import type { Job } from '../../jobs.ts';
import type { Sweep } from '../domain/sweep.ts';

/** Deletes the files of what was destroyed. */
export const buryDestroyed = (sweep: Sweep): Job => ({ name: 'bury', every: 5_000, run: sweep.bury });

/** Deletes files that nothing names, and forgets spent addresses that are over. */
export const clearOrphans = ({ sweep, now }: { sweep: Sweep; now: () => number }): Job => ({
  name: 'sweep',
  every: 3_600_000,
  run: () => sweep.clear(now()),
});
