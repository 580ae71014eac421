import type { Job } from '../../jobs.ts';
import type { Sealing } from '../domain/sealing/sealing.ts';
import { patiently } from './patiently.ts';

interface Edges {
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Seals what everybody has signed: of one account one after the other, of two accounts side by side. */
export const sealFinished = ({ sealing, now, ...edges }: Edges): Job =>
  patiently({
    name: 'seal',
    due: sealing.due,
    work: async (envelope) => {
      const sealed = await sealing.seal(envelope, now());
      await sealing.record(envelope, sealed, now());
    },
    lanes: { of: ({ accountId }) => accountId, most: 2 },
    ...edges,
  });
