import type { Job } from '../../jobs.ts';
import type { Envelope } from '../domain/envelope.ts';
import type { Vault } from '../domain/vault.ts';
import { patiently } from './patiently.ts';

interface Edges {
  readonly completed: (limit: number) => Promise<Envelope[]>;
  readonly vault: Vault;
  readonly now: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Vaults whatever is completed, where the platform is to do so unasked. */
export const vaultCompleted = ({ completed, vault, ...edges }: Edges): Job =>
  patiently({ name: 'vault', due: completed, work: vault.store, ...edges });
