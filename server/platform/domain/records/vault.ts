import type { Envelope } from './envelope.ts';

/** What the vault keeps beside the envelopes themselves. */
export interface VaultStore {
  /** Spends an address that is good for one reading; false when it was spent before. `expiresAt`: when nobody could use it any more. */
  spend(nonce: string, expiresAt: number): Promise<boolean>;
  isSpent(nonce: string): Promise<boolean>;
  /** Forgets some spent addresses that were over by now. True: there may be more. */
  forgetSpent(now: number): Promise<boolean>;
  /** Frozen envelopes whose release nobody acknowledged in time. */
  lapsed(now: number, limit: number): Promise<Envelope[]>;
  /** Destroys the key of the envelope's files, and notes the files that are to be deleted: all in this transaction. */
  destroy(envelope: Envelope): Promise<void>;
  /** Files that are to be deleted. */
  doomed(limit: number): Promise<string[]>;
  /** They are deleted. */
  forgetDoomed(addresses: readonly string[]): Promise<void>;
  /** Addresses of all files that anything kept names. */
  named(): Promise<Set<string>>;
}
