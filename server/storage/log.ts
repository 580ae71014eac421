import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { CompiledQuery, type Kysely, sql } from 'kysely';
import { type Hash, leafHash, noPeaks, type Peaks, push, rootOf } from '../../shared/log.ts';

/** One act, in order and for ever. `leaf` is the exact text that was hashed: ids and salted hashes only, never personal data. */
export interface LogTables {
  log_leaf: { seq: number; at: number; kind: string; partner_id: string | null; leaf: string; hash: Uint8Array };
}

export const logSchema = [
  sql`create table log_leaf (
    seq integer primary key, at integer not null, kind text not null, partner_id text, leaf text not null, hash blob not null
  ) strict`,
  sql`create index log_leaf_partner on log_leaf (partner_id, seq)`,
];

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

/** Written out once: compiling it at each append would cost as much as the append itself. Another dialect numbers its parameters here. */
const appending = `
  insert into log_leaf (seq, at, kind, partner_id, leaf, hash)
  values ((select coalesce(max(seq) + 1, 0) from log_leaf), ?, ?, ?, ?, ?)
  returning seq`;

/**
 * Appends one leaf in the caller's transaction (or by itself, durably); its place, from 0. One insert and nothing else: the tree's inner nodes are
 * computed when a head is asked for, so that an append costs what any insert costs.
 */
export async function append(db: Kysely<LogTables>, { kind, at, partner, actor, about }: Entry): Promise<number> {
  const leaf = JSON.stringify({ v: 1, at, kind, partner, actor, about });
  const leafDigest = leafHash(sha256, Buffer.from(leaf));
  const { rows } = await db.executeQuery<{ seq: number }>(CompiledQuery.raw(appending, [at, kind, partner ?? null, leaf, leafDigest]));
  const [placed] = rows;
  if (!placed) throw new Error('The log did not say where the leaf is.');
  return placed.seq;
}

export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Leaves that are read and hashed without a break. */
const pageSize = 2_000;

/** Reads heads of the tree; remembers its peaks, so that a head costs only the leaves since the last one. */
export function logReader(db: Kysely<LogTables>) {
  let peaks: Peaks = noPeaks;
  let last: Promise<unknown> = Promise.resolve();

  async function grow(): Promise<Head> {
    for (;;) {
      const leaves = await db.selectFrom('log_leaf').select('hash').where('seq', '>=', peaks.size).orderBy('seq').limit(pageSize).execute();
      for (const { hash } of leaves) peaks = push(sha256, peaks, hash);
      if (leaves.length < pageSize) return { size: peaks.size, root: rootOf(sha256, peaks) };
      // The first head after a start reads the whole log: others get their turn in between.
      await setImmediate();
    }
  }

  return {
    /** One after the other: whoever asks meanwhile adds only what came since, and the same leaves are not read for each of many. */
    head(): Promise<Head> {
      const head = last.then(grow, grow);
      last = head;
      return head;
    },
    /** Leaves of one partner (all when absent), newest first, before `seq`. */
    async leaves(partner: string | undefined, before: number | undefined, limit: number) {
      let query = db.selectFrom('log_leaf').select(['seq', 'leaf']).orderBy('seq', 'desc').limit(limit);
      if (partner) query = query.where('partner_id', '=', partner);
      if (before !== undefined) query = query.where('seq', '<', before);
      return (await query.execute()).map(({ seq, leaf }) => ({ seq, ...JSON.parse(leaf) }));
    },
  };
}

/**
 * A head as a C2SP checkpoint in a signed note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note): origin, size, root; then an Ed25519
 * signature whose key hash is SHA-256(name || 0x0A || 0x01 || public key), first four bytes.
 */
export function checkpoint(origin: string, { size, root }: Head, key: KeyObject): string {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  const { mark } = verifier(origin, key);
  const signature = Buffer.concat([mark, sign(null, Buffer.from(text), key)]).toString('base64');
  return `${text}\n— ${origin} ${signature}\n`;
}

/** The line by which strangers check the checkpoints of `origin`: `<name>+<key hash>+<base64 of 0x01 || public key>` (c2sp.org/signed-note). */
export function verifierKey(origin: string, key: KeyObject): string {
  const { mark, data } = verifier(origin, key);
  return `${origin}+${mark.toString('hex')}+${data.toString('base64')}`;
}

function verifier(origin: string, key: KeyObject): { mark: Buffer; data: Buffer } {
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const data = Buffer.concat([Buffer.of(1), raw]);
  return { mark: Buffer.from(sha256(Buffer.from(`${origin}\n`), data).subarray(0, 4)), data };
}

/** An Ed25519 signing key from its 32-byte seed (RFC 8410 PKCS#8). */
export const ed25519 = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });
