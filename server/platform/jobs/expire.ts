import type { Job } from '../../jobs.ts';
import type { Expiry } from '../domain/envelope/expiry.ts';
import { patiently } from './patiently.ts';

interface Edges {
  readonly expiry: Expiry;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Ends what is past its time. */
export const expireOverdue = ({ expiry, ...edges }: Edges): Job =>
  patiently({
    name: 'expire',
    due: (limit) => expiry.due(edges.now(), limit),
    work: (envelope) => expiry.expire(envelope, edges.now()),
    ...edges,
  });
