import type { Job } from '../../jobs.ts';
import type { Reminding } from '../domain/envelope/reminders.ts';
import { patiently } from './patiently.ts';

interface Edges {
  readonly reminding: Reminding;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Reminds where an envelope's own rhythm says so. */
export const remindDue = ({ reminding, ...edges }: Edges): Job =>
  patiently({
    name: 'remind',
    due: (limit) => reminding.due(edges.now(), limit),
    work: (envelope) => reminding.remindDue(envelope, edges.now()),
    ...edges,
  });
