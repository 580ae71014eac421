import { Failure } from '../../../shared/problem.ts';
import type { Job } from '../../jobs.ts';
import type { Envelope } from '../domain/records/envelope.ts';
import type { Vault } from '../domain/vault/vault.ts';
import { patiently } from './patiently.ts';

interface Edges {
  readonly waiting: (limit: number) => Promise<Envelope[]>;
  readonly vault: Vault;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Vaults whatever is completed, or uploaded on paper, where the platform is to do so unasked: of two accounts side by side. */
export const vaultWaiting = ({ waiting, vault, now, ...edges }: Edges): Job =>
  patiently({
    name: 'vault',
    due: waiting,
    work: (envelope) => vault.storage(envelope, now()).catch(leave),
    lanes: { of: ({ accountId }) => accountId, most: 2 },
    ...edges,
  });

/** A paper may be withdrawn while it is copied: then there is nothing to vault, and nothing broke. */
function leave(error: unknown): void {
  if (!(error instanceof Failure && error.code === 'envelope-wrong-state')) throw error;
}
