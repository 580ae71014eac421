import type { KeyObject } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { noPeaks, type Peaks } from '../../../shared/log.ts';
import type { Database } from '../database.ts';
import { headOf, keepHead, keptHeads, newestPeaks } from './heads.ts';
import type { LogTables } from './leaves.ts';
import { assertEnd, type Head, type Tree, walk } from './walk.ts';

/** The proven head is kept after so many leaves, or milliseconds: a start after a crash reads what came since. */
const keptEvery = { leaves: 4_096, ms: 60_000 };

/**
 * How much of a log is proven: read, hashed and built into the tree once. The tree's peaks are kept with their signed head, so that the next start
 * believes them, and reads only what came afterwards.
 */
export function createProof({ read, transact }: Pick<Database<LogTables>, 'read' | 'transact'>, key: KeyObject) {
  let proven: Tree | undefined;
  let heads: readonly Head[] = [];
  let kept = { size: 0, at: performance.now() };

  async function begin(): Promise<Peaks> {
    const peaks = await newestPeaks(read, key);
    // Nothing was kept, or its peaks were changed: every leaf is read, and tells whether it fits what was signed.
    if (!peaks) heads = await keptHeads(read, key);
    kept = { ...kept, size: (peaks ?? heads.at(-1))?.size ?? 0 };
    return peaks ?? noPeaks;
  }

  async function keep(atOnce: boolean): Promise<void> {
    const peaks = proven ?? noPeaks;
    const fresh = peaks.size - kept.size;
    const due = fresh >= keptEvery.leaves || performance.now() - kept.at >= keptEvery.ms;
    if (fresh <= 0 || !(atOnce || due)) return;
    await transact((tx) => keepHead(tx, peaks, key));
    kept = { size: peaks.size, at: performance.now() };
  }

  return {
    /** Proves what is not proven yet, until the end of the log, or until `enough` says so between two slices; whether the end was reached. */
    async advance(enough: () => boolean): Promise<boolean> {
      proven ??= await begin();
      await assertEnd(read, proven);
      for await (const peaks of walk(read, proven, heads)) {
        proven = peaks;
        if (enough()) return false;
        await keep(false);
        await setImmediate();
      }
      return true;
    },
    head: (): Head => headOf(proven ?? noPeaks),
    /** Keeps the proven head for the next start. */
    keep: () => keep(true),
  };
}
