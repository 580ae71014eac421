import type { Store } from './books.ts';
import type { Vessel } from './envelope.ts';

const hour = 3_600_000;
const batch = 1_000;

interface Parts {
  readonly store: Store;
  readonly vessel: Pick<Vessel, 'delete' | 'older'>;
  /** Empties what the database keeps beside itself: what was overwritten is then gone from there too. */
  readonly settle: () => Promise<void>;
}

export type Sweep = ReturnType<typeof sweepOf>;

/** Deletes files that are not to be kept: of envelopes that were destroyed, and what a crash left between writing a file and recording it. */
export const sweepOf = ({ store, vessel, settle }: Parts) => ({
  /** The keys of these files are destroyed already; this is the tidying after it, and safe to be killed in. */
  async bury(): Promise<void> {
    const addresses = await store.read.vault.doomed(batch);
    if (addresses.length === 0) return;
    await settle();
    for (const address of addresses) await vessel.delete(address);
    await store.transact((books) => books.vault.forgetDoomed(addresses));
  },

  /** Files that nobody names. Younger ones may be about to be recorded: no call takes an hour. */
  async clear(at: number): Promise<void> {
    await store.transact((books) => books.vault.forgetSpent(at));
    const old = await vessel.older(at - hour);
    if (old.length === 0) return;
    const named = await store.read.vault.named();
    for (const address of old) if (!named.has(address)) await vessel.delete(address);
  },
});
