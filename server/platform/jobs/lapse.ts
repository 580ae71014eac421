import type { Job } from '../../jobs.ts';
import type { Releases } from '../domain/releases.ts';

/** Ends freezes that nobody acknowledged in time. */
export const lapseReleases = ({ releases, now }: { releases: Releases; now: () => number }): Job => ({
  name: 'lapse',
  every: 10_000,
  run: () => releases.lapse(now()),
});
