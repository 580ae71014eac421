import type { Job } from '../../jobs.ts';
import type { Sealing } from '../domain/sealing.ts';
import { patiently } from './patiently.ts';

interface Edges {
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Seals what everybody has signed. */
export const sealFinished = ({ sealing, ...edges }: Edges): Job =>
  patiently({ name: 'seal', due: sealing.due, work: sealing.seal, ...edges });
