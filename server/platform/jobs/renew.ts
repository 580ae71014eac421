import type { Job } from '../../jobs.ts';

/** Sees to it that what seals is valid for years to come. */
export const renewSeals = ({ renew, now }: { renew: (now: number) => Promise<void>; now: () => number }): Job => ({
  name: 'renew',
  every: 86_400_000,
  run: () => renew(now()),
});
