import type { KeyObject } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { noPeaks } from '../../../shared/log.ts';
import type { Database } from '../database.ts';
import { keptHeads } from './heads.ts';
import type { LogTables } from './leaves.ts';
import { createProof } from './proof.ts';
import { type Head, hashOf, type LeafRow, LogChanged, walk } from './walk.ts';

/** A leaf as it is read: what it says, and what proves it. */
export interface Leaf {
  /** Its place, from 0. */
  readonly seq: number;
  /** The exact text that was hashed, in UTF-8. */
  readonly leaf: string;
  /** SHA-256(0x00 || text), in base64 (RFC 9162 section 2.1.1). */
  readonly hash: string;
}

export interface Log {
  /** The tree of all leaves, each proven by its text. LogChanged once any was found that is not what was written. */
  head(): Promise<Head>;
  /** One leaf, hashed again. */
  leaf(seq: number): Promise<Leaf>;
  /** Leaves of one partner (all when absent), newest first, before `seq`, each hashed again; with everything that its text says. */
  leaves(
    partner: string | undefined,
    before: number | undefined,
    limit: number,
  ): Promise<(Leaf & { kind: string; at: number } & Record<string, unknown>)[]>;
  /** What was found to be changed; nothing of a sound log. */
  fault(): string | undefined;
  /** A part of the work that is always to be done: prove what is new, keep its head, and read everything once more, every hour. */
  check(): Promise<void>;
  /** Keeps the head for the next start. */
  close(): Promise<void>;
}

/** Of each second, in milliseconds. */
const checking = 100;
const resting = 3_600_000;

/** Opens the log of a database. `key` signs the head that is kept for the next start; `report` is told of the first fault, once. */
export function openLog(database: Database<LogTables>, key: KeyObject, report: (error: unknown) => void): Log {
  const { read } = database;
  const proof = createProof(database, key);
  let last: Promise<unknown> = Promise.resolve();
  let changed: LogChanged | undefined;
  let closing = false;
  let looking: AsyncGenerator<unknown> | undefined;
  let looked = Number.NEGATIVE_INFINITY;

  /** Remembers the first leaf that is at fault: what shows at the end may have begun before. */
  function notice(error: unknown): void {
    if (!(error instanceof LogChanged)) throw error;
    if (changed && changed.first <= error.first) return;
    changed = error;
    report(error);
  }

  /** Of a log that was changed nobody is given anything. */
  async function sound<T>(work: () => Promise<T>): Promise<T> {
    if (changed) throw changed;
    return work().catch((error: unknown) => {
      notice(error);
      throw changed;
    });
  }

  /** One after the other: whoever asks meanwhile adds only what came since, and the same leaves are not read for each of many. */
  function advance(enough: () => boolean): Promise<boolean> {
    const turn = () => sound(() => proof.advance(enough));
    const done = last.then(turn, turn);
    last = done;
    return done;
  }

  /** Every leaf from the first on, against what was proven: goes on where it was left. */
  async function look(enough: () => boolean): Promise<void> {
    if (!looking && performance.now() - looked < resting) return;
    looking ??= walk(read, noPeaks, [...(await keptHeads(read, key)), proof.head()]);
    let more = true;
    try {
      for (; more && !enough(); await setImmediate()) more = !(await looking.next()).done;
    } catch (error) {
      more = false;
      throw error;
    } finally {
      if (!more) {
        looking = undefined;
        looked = performance.now();
      }
    }
  }

  const leafOf = (row: LeafRow): Leaf => ({ seq: row.seq, leaf: row.leaf, hash: Buffer.from(hashOf(row)).toString('base64') });
  const within = (ms: number) => {
    const end = performance.now() + ms;
    return () => closing || performance.now() >= end;
  };

  return {
    async head() {
      if (!(await advance(() => closing))) throw new Error('The log is closed.');
      return proof.head();
    },
    leaf: (seq) =>
      sound(async () => {
        const row = await read.selectFrom('log_leaf').selectAll().where('seq', '=', seq).executeTakeFirst();
        if (!row) throw new LogChanged(seq, seq, 'it is missing');
        return leafOf(row);
      }),
    leaves: (partner, before, limit) =>
      sound(async () => {
        let query = read.selectFrom('log_leaf').selectAll().orderBy('seq', 'desc').limit(limit);
        if (partner) query = query.where('partner_id', '=', partner);
        if (before !== undefined) query = query.where('seq', '<', before);
        return (await query.execute()).map((row) => ({ ...JSON.parse(row.leaf), ...leafOf(row) }));
      }),
    fault: () => changed?.message,
    async check() {
      const enough = within(checking);
      const proven = changed ? false : await advance(enough).catch(notice);
      if (proven || changed) await look(enough).catch(notice);
    },
    async close() {
      closing = true;
      const end = performance.now() + checking;
      await advance(() => performance.now() >= end)
        .then(proof.keep)
        .catch(notice);
    },
  };
}
