import type { Job } from '../../jobs.ts';
import type { Releases } from '../domain/vault/releases.ts';
import { patiently } from './patiently.ts';

interface Edges {
  readonly releases: Releases;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Ends freezes that nobody acknowledged in time. */
export const lapseReleases = ({ releases, ...edges }: Edges): Job =>
  patiently({
    name: 'lapse',
    due: (limit) => releases.lapsed(edges.now(), limit),
    work: (one) => releases.lapse(one, edges.now()),
    ...edges,
  });
