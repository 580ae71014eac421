import { type Job, littleByLittle } from '../../jobs.ts';
import type { Purge } from '../domain/people/purge.ts';

/** Lets go of what is over. */
export const purgeOld = ({ purge, now }: { purge: Purge; now: () => number }): Job => ({
  name: 'purge',
  every: 60_000,
  run: () => littleByLittle(() => purge.purge(now())),
});
