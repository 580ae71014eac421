import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Kysely, sql } from 'kysely';
import { noPeaks } from '../../shared/log.ts';
import { openToRead } from './database.ts';
import { lackOf } from './head-beside.ts';
import { logKeyFrom } from './log/checkpoint.ts';
import { keptHeads } from './log/heads.ts';
import type { LogTables } from './log/leaves.ts';
import { LogChanged, walk } from './log/walk.ts';

/** A part of a data folder, as it lies on the disk. */
export interface PartOnDisk<Tables> {
  readonly database: string;
  /** Its files, and the quarantine, from where whoever asks has them back. */
  readonly folder: string;
  readonly aside: string;
  /** Its key; without it the signatures of the heads that were kept are not looked at. */
  readonly key: Uint8Array | undefined;
  /** Addresses of the files that its rows name. */
  named(db: Kysely<Tables>): Promise<Iterable<string>>;
}

export interface Verdict {
  /** What was found to be as it should. */
  readonly said: readonly string[];
  /** What was not; each a sentence. */
  readonly faults: readonly string[];
}

/** Reads a part's whole log and all its files, whether or not a program runs on them; takes no lock, and changes nothing (SQLite puts its empty `-wal` and `-shm` beside a database that is read). */
export async function verifyPart<Tables extends LogTables>({ database, folder, aside, key, named }: PartOnDisk<Tables>): Promise<Verdict> {
  const name = basename(database);
  if (!existsSync(database)) return { said: [`${name}: there is none here`], faults: [] };
  const db = openToRead<Tables>(database);
  try {
    if (!(await hasHeads(db))) return { said: [], faults: [`${name} was last opened by an earlier version: start this one on it once.`] };
    const log = await verifyLog(db as unknown as Kysely<LogTables>, folder, key);
    const files = await verifyFiles(() => named(db), folder, aside);
    return {
      said: [...log.said, ...files.said].map((each) => `${name}: ${each}`),
      faults: [...log.faults, ...files.faults].map((each) => `${name}: ${each}`),
    };
  } finally {
    await db.destroy();
  }
}

async function hasHeads<Tables>(db: Kysely<Tables>): Promise<boolean> {
  return (await sql`select 1 from sqlite_schema where name = 'log_head'`.execute(db)).rows.length > 0;
}

async function verifyLog(db: Kysely<LogTables>, folder: string, key: Uint8Array | undefined): Promise<Verdict> {
  const faults: string[] = [];
  const lack = await lackOf(db, folder);
  if (lack !== undefined) faults.push(`${lack[0]?.toUpperCase()}${lack.slice(1)}.`);
  try {
    const heads = await keptHeads(db, key && logKeyFrom(key));
    let size = 0;
    for await (const tree of walk(db, noPeaks, heads)) size = tree.size;
    const signed = key ? 'signed with its key' : 'whose signatures were not looked at: its key is not set';
    return { said: [`${size} leaves fit their hashes, their places and ${heads.length} heads ${signed}`], faults };
  } catch (error) {
    if (!(error instanceof LogChanged)) throw error;
    return { said: [], faults: [...faults, error.message] };
  }
}

async function verifyFiles(named: () => Promise<Iterable<string>>, folder: string, aside: string): Promise<Verdict> {
  const addresses = [...new Set(await named())];
  const wrong: { address: string; what: string }[] = [];
  for (const address of addresses) {
    const file = [join(folder, address.slice(0, 2), address), join(aside, address)].find((each) => existsSync(each));
    if (!file) wrong.push({ address, what: 'is missing' });
    else if ((await sha256Of(file)) !== address) wrong.push({ address, what: 'does not give its hash' });
  }
  // A program that runs may have let go of one meanwhile.
  const still = new Set(wrong.length > 0 ? await named() : []);
  const faults = wrong.filter(({ address }) => still.has(address)).map(({ address, what }) => `The file ${address} ${what}.`);
  return { said: [`${addresses.length - wrong.length} files give their hashes`], faults };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
