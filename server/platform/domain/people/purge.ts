import type { Storage } from '../records/stores.ts';
import type { Erasures } from './erasure.ts';

const month = 30 * 24 * 3_600_000;
const batch = 250;

export type Purge = ReturnType<typeof createPurge>;

interface Options {
  readonly storage: Storage;
  readonly erasures: Pick<Erasures, 'settle'>;
  /** Deletes the files of mails. */
  readonly forgetMails: (ids: readonly string[]) => Promise<void>;
}

/**
 * Lets go of some of what nobody can use any more: spent addresses, ways in that ended a month ago (until then they are told apart from unknown
 * ones), and mails that left then. True: there may be more.
 */
export const createPurge = ({ storage, erasures, forgetMails }: Options) => ({
  async purge(at: number): Promise<boolean> {
    await erasures.settle(at);
    const more = await storage.transact(async ({ envelopes, vault }) => {
      const passes = await envelopes.forgetPasses(at - month);
      const spent = await vault.forgetSpent(at);
      return passes || spent;
    });
    const mails = await storage.read.mails.delivered(at - month, batch);
    if (mails.length === 0) return more;
    // The files first: killed in between, the rows still name them.
    await forgetMails(mails);
    await storage.transact((stores) => stores.mails.forget(mails));
    return more || mails.length === batch;
  },
});
