import { hash } from 'node:crypto';
import { CompiledQuery, type Kysely, sql } from 'kysely';
import type { Hash } from '../../../shared/log.ts';

/** One act, in order and for ever. `leaf` is the exact text that was hashed: ids and salted hashes only, never personal data. */
export interface LogTables {
  log_leaf: { seq: number; at: number; kind: string; partner_id: string | null; leaf: string; hash: Uint8Array };
  /** Heads that were proven: signed for ourselves as a note, with the roots of the tree's peaks, largest first. */
  log_head: { size: number; note: string; peaks: Uint8Array };
}

export const logSchema = [
  sql`create table log_leaf (
    seq integer primary key, at integer not null, kind text not null, partner_id text, leaf text not null, hash blob not null
  ) strict`,
  sql`create index log_leaf_partner on log_leaf (partner_id, seq)`,
];

/** What came with the log that proves itself. */
export const logHeadSchema = sql`create table log_head (size integer primary key, note text not null, peaks blob not null) strict`;

/** What is written of an act: what happened, when, to whom (ids), by whom (an id, or the words "admin", "system"). */
export interface Entry {
  readonly kind: string;
  readonly at: number;
  readonly partner?: string | undefined;
  readonly actor?: string | undefined;
  readonly about?: Readonly<Record<string, string | number | null>>;
}

/** In one go: making a hash object costs more than hashing a leaf. */
export const sha256: Hash = (...parts) => hash('sha256', parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), 'buffer');

/** The leaf's hash, MTH({d}) of RFC 9162 section 2.1.1, without a copy of its text. */
export const leafDigest = (leaf: string): Uint8Array => hash('sha256', `\0${leaf}`, 'buffer');

/**
 * Written out once: compiling it at each append would cost as much as the append itself. Another dialect numbers its parameters here. A place that
 * is not the next one gives no time, which the table does not take.
 */
const appending = `
  insert into log_leaf (seq, at, kind, partner_id, leaf, hash)
  values (?, (select case when coalesce(max(seq) + 1, 0) = ? then ? end from log_leaf), ?, ?, ?, ?)`;

/**
 * The next place in each log, by what all handles of one database have in common: so that an append reads nothing. A transaction that is taken back
 * leaves a wrong one; then the next append is not taken, and the place is read anew.
 */
const nextPlaces = new WeakMap<object, number>();

/**
 * Appends one leaf in the caller's transaction (or by itself, durably); its place, from 0, which its text says too. One insert and nothing else: the
 * tree's inner nodes are computed when a head is asked for, so that an append costs what any insert costs.
 */
export async function append(db: Kysely<LogTables>, { kind, at, partner, actor, about }: Entry): Promise<number> {
  const log = db.getExecutor().adapter;
  for (let seq = nextPlaces.get(log) ?? (await sizeOf(db)); ; ) {
    const leaf = JSON.stringify({ v: 2, seq, at, kind, partner, actor, about });
    const row = [seq, seq, at, kind, partner ?? null, leaf, leafDigest(leaf)];
    try {
      await db.executeQuery(CompiledQuery.raw(appending, row));
      nextPlaces.set(log, seq + 1);
      return seq;
    } catch (error) {
      const size = await sizeOf(db);
      if (size === seq) throw error;
      seq = size;
    }
  }
}

/** Leaves in the log, if none is missing. */
export async function sizeOf(db: Kysely<LogTables>): Promise<number> {
  const last = await db.selectFrom('log_leaf').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return last ? last.seq + 1 : 0;
}

/** How a leaf's text begins, by the columns of its row: before version 2 it did not say its place. */
export function beginOf(v: 1 | 2, { seq, at, kind, partner_id }: Omit<LogTables['log_leaf'], 'leaf' | 'hash'>): string {
  return JSON.stringify({ v, ...(v === 2 && { seq }), at, kind, partner: partner_id ?? undefined }).slice(0, -1);
}
