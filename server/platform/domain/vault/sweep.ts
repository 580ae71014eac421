import type { SealedFiles } from '../records/files.ts';
import type { Storage } from '../records/stores.ts';

const hour = 3_600_000;
const quarantine = 30 * 24 * hour;
const batch = 1_000;

interface Options {
  readonly storage: Storage;
  readonly sealedFiles: Pick<SealedFiles, 'delete' | 'older' | 'setAside' | 'clearAside'>;
  /** Empties what the database keeps beside itself: what was overwritten is then gone from there too. */
  readonly settle: () => Promise<void>;
}

export type Sweep = ReturnType<typeof createSweep>;

/** Files that are not to be kept: of envelopes that were destroyed, and what a crash left between writing a file and recording it. */
export const createSweep = ({ storage, sealedFiles, settle }: Options) => ({
  /** The keys of these files are destroyed already; this is the tidying after it, and safe to be killed in. */
  async bury(): Promise<void> {
    const addresses = await storage.read.vault.doomed(batch);
    if (addresses.length === 0) return;
    await settle();
    for (const address of addresses) await sealedFiles.delete(address);
    await storage.transact((stores) => stores.vault.forgetDoomed(addresses));
  },

  /**
   * Files that nobody names go into quarantine, and from there after 30 days. Younger ones may be about to be recorded: no call takes an hour.
   * A name may also be missing because the database is not what it was: so nothing is deleted that could still be asked for.
   */
  async clear(at: number): Promise<void> {
    const old = await sealedFiles.older(at - hour);
    const named = await storage.read.vault.named();
    for (const address of old) if (!named.has(address)) await sealedFiles.setAside(address, 'platform.db does not name it', at);
    await sealedFiles.clearAside(at - quarantine, named);
  },
});
