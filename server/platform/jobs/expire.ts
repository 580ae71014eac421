import type { Job } from '../../jobs.ts';
import type { Expiry } from '../domain/expiry.ts';

/** Ends what is past its time. */
export const expireOverdue = ({ expiry, now }: { expiry: Expiry; now: () => number }): Job => ({
  name: 'expire',
  every: 10_000,
  run: () => expiry.expire(now()),
});
