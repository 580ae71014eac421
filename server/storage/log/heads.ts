import type { KeyObject } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type Peaks, rootOf } from '../../../shared/log.ts';
import { checkpoint, headIn } from './checkpoint.ts';
import { type LogTables, sha256 } from './leaves.ts';
import { type Head, LogChanged } from './walk.ts';

/** What a kept head is signed as: nobody else asks for it, and the log's public name may change. */
const origin = 'inlay/kept';

/** Of so many leaves, the newest head stays: where the tree no longer has a later one, it tells which leaves are at fault. */
const block = 4_096;

export const headOf = (peaks: Peaks): Head => ({ size: peaks.size, root: rootOf(sha256, peaks) });

/** Heads that were kept, by size. LogChanged where `key` did not sign one; without a key the signature is not looked at. */
export async function keptHeads(db: Kysely<LogTables>, key?: KeyObject): Promise<Head[]> {
  const rows = await db.selectFrom('log_head').select(['size', 'note']).orderBy('size').execute();
  return rows.map((row) => signedHead(row, key));
}

/** The newest kept head's tree; nothing where there is none, or where its peaks are not those of the signed head. */
export async function newestPeaks(db: Kysely<LogTables>, key: KeyObject): Promise<Peaks | undefined> {
  const row = await db.selectFrom('log_head').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  if (!row) return undefined;
  const { size, root } = signedHead(row, key);
  const peaks = { size, roots: Array.from({ length: row.peaks.length / 32 }, (_, i) => row.peaks.subarray(32 * i, 32 * i + 32)) };
  return Buffer.compare(rootOf(sha256, peaks), root) === 0 ? peaks : undefined;
}

/** Signs the head of a proven tree and keeps it. */
export async function keepHead(db: Kysely<LogTables>, peaks: Peaks, key: KeyObject): Promise<void> {
  const { size, roots } = peaks;
  const row = { note: checkpoint(origin, headOf(peaks), key), peaks: Buffer.concat(roots) };
  await db
    .insertInto('log_head')
    .values({ size, ...row })
    .onConflict((c) => c.column('size').doUpdateSet(row))
    .execute();
  const begin = size - ((size - 1) % block);
  await db.deleteFrom('log_head').where('size', '>=', begin).where('size', '<', size).execute();
}

function signedHead({ size, note }: { size: number; note: string }, key: KeyObject | undefined): Head {
  const head = headIn(note, origin, key);
  if (head?.size !== size) throw new LogChanged(0, size - 1, 'the head that was kept of them is not signed with the key of this log');
  return head;
}
