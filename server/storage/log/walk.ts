import type { Kysely, Selectable } from 'kysely';
import { type Peaks, push, rootOf } from '../../../shared/log.ts';
import { Failure } from '../../../shared/problem.ts';
import { beginOf, type LogTables, leafDigest, sha256, sizeOf } from './leaves.ts';

/** The log is not what was written: the first leaf that may be meant, the last one, and how it shows. */
export class LogChanged extends Failure {
  readonly first: number;

  constructor(first: number, last: number, how: string) {
    const which = first === last ? `Leaf ${first}` : `One of the leaves ${first} to ${last}`;
    super('log-changed', `${which} of the log is not what was written: ${how}.`);
    this.name = 'LogChanged';
    this.first = first;
  }
}

export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

export type LeafRow = Selectable<LogTables['log_leaf']>;

/** Leaves that are read and hashed without a break: about five milliseconds. */
const slice = 512;

/** The hash of a leaf as its text says; LogChanged where the row says anything else. */
export function hashOf(row: LeafRow): Uint8Array {
  const { seq, leaf, hash } = row;
  const found = leafDigest(leaf);
  if (!isSame(found, hash)) throw new LogChanged(seq, seq, 'its text does not give its hash');
  if (!leaf.startsWith(beginOf(leaf.startsWith('{"v":1,') ? 1 : 2, row)))
    throw new LogChanged(seq, seq, 'its text names another place, time, kind or partner than its row');
  return found;
}

/** How far a walk has come: the tree, and the hash of its last leaf. */
export interface Tree extends Peaks {
  readonly last?: Uint8Array;
}

/**
 * Reads every leaf from `from` on and gives the tree that their texts make up, after each slice: then whoever walks lets others have their turn.
 * LogChanged at the first leaf that is missing or does not fit its row, or where the tree does not have one of the `heads`, which go by size.
 */
export async function* walk(db: Kysely<LogTables>, from: Tree, heads: readonly Head[]): AsyncGenerator<Tree> {
  let peaks: Peaks = from;
  let { last } = from;
  // Leaves before it are those of a head.
  let sure = from.size;
  const due = heads.filter(({ size }) => size > from.size);
  for (;;) {
    const rows = await db.selectFrom('log_leaf').selectAll().where('seq', '>=', peaks.size).orderBy('seq').limit(slice).execute();
    for (const row of rows) {
      if (row.seq !== peaks.size) throw new LogChanged(peaks.size, peaks.size, 'it is missing');
      last = hashOf(row);
      peaks = push(sha256, peaks, last);
      if (peaks.size !== due[0]?.size) continue;
      if (!isSame(rootOf(sha256, peaks), due[0].root))
        throw new LogChanged(sure, row.seq, 'together they do not give the head that was signed');
      sure = peaks.size;
      due.shift();
    }
    yield { ...peaks, ...(last && { last }) };
    if (rows.length < slice) break;
  }
  const written = heads.at(-1)?.size ?? 0;
  if (peaks.size < written) throw new LogChanged(peaks.size, written - 1, 'nothing is there any more');
}

/** LogChanged where the last leaf of a tree that was read is gone, or another. */
export async function assertEnd(db: Kysely<LogTables>, { size, last }: Tree): Promise<void> {
  if (size === 0) return;
  const row = await db
    .selectFrom('log_leaf')
    .selectAll()
    .where('seq', '=', size - 1)
    .executeTakeFirst();
  if (!row) throw new LogChanged(Math.min(await sizeOf(db), size - 1), size - 1, 'nothing is there any more');
  const found = hashOf(row);
  if (last && !isSame(found, last)) throw new LogChanged(size - 1, size - 1, 'another one stood there before');
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
