import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import type { Tool } from '../tools.ts';

/** A data folder as it lies on the disk, looked at without changing it. */

const databases = ['gateway.db', 'platform.db'] as const;
export type DatabaseName = (typeof databases)[number];

/** When it was last opened, and when somebody else was last asked how far they are and whether they answered: not what is kept. */
const passing: Readonly<Record<DatabaseName, string>> = {
  'gateway.db': `delete from opened; update signing set checked_at = null, next_at = null, tries = 0, unreachable = 0;
    update account set checked_at = null, next_at = null, tries = 0, unreachable = 0;`,
  'platform.db': 'delete from opened;',
};

/** Everything that is kept, a line each: both databases as sqlite3 writes them out, and every other file by its hash. No program may be running on the folder. */
export function linesOf(dataDir: string, sqlite3: Tool): string[] {
  const rows = databases.flatMap((name) =>
    onCopy(dataDir, name, (file) => {
      sqlite3(file, passing[name]);
      return sqlite3(file, '.dump').split('\n');
    }),
  );
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/\.db(-wal|-shm)?$|\.lock(\.json)?$/.test(name) && statSync(join(dataDir, name)).isFile(),
  );
  const hashOf = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(dataDir, name)))
      .digest('hex');
  return [...rows, ...files.sort().map((name) => `${hashOf(name)}  ${name}`)];
}

/** Lines that only one of the two has, cut short. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const only = (lines: readonly string[], others: readonly string[], mark: string) => {
    const known = new Set(others);
    return lines.filter((line) => !known.has(line)).map((line) => `${mark} ${line.slice(0, 200)}`);
  };
  return [...only(before, after, '-'), ...only(after, before, '+')];
}

/** Rows of a database, whether or not a program is running on it, or was killed on it. */
export const rowsOf = <T>(dataDir: string, name: DatabaseName, sql: string): T[] =>
  onCopy(dataDir, name, (file) => {
    const db = new SqliteFile(file);
    try {
      return db.prepare(sql).all() as T[];
    } finally {
      db.close();
    }
  });

/** Opening a database after a kill writes to it: the work is done on a copy, with what stands in its write-ahead log. */
function onCopy<T>(dataDir: string, name: DatabaseName, work: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'inlay-look-'));
  try {
    const parts = [name, `${name}-wal`].filter((part) => existsSync(join(dataDir, part)));
    const stand = () => parts.map((part) => `${statSync(join(dataDir, part)).mtimeMs} ${statSync(join(dataDir, part)).size}`).join();
    // A program that runs may write in between, or take its log back into the database: then both are read again. Node's own copying does not
    // end where a file becomes shorter meanwhile.
    for (let before = ''; before !== stand(); ) {
      before = stand();
      for (const part of parts) writeFileSync(join(folder, part), readFileSync(join(dataDir, part)));
    }
    return work(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Migrations that were applied, in order. */
export const schemaOf = (dataDir: string): Readonly<Record<DatabaseName, readonly string[]>> => {
  const of = (name: DatabaseName) =>
    rowsOf<{ name: string }>(dataDir, name, 'select name from kysely_migration order by name').map((row) => row.name);
  return { 'gateway.db': of('gateway.db'), 'platform.db': of('platform.db') };
};

/** The leaves of a log, in order. */
export const leavesOf = (dataDir: string, name: DatabaseName): string[] =>
  rowsOf<{ leaf: string }>(dataDir, name, 'select leaf from log_leaf order by seq').map(({ leaf }) => leaf);

export const copyOf = (dataDir: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'inlay-copy-'));
  cpSync(dataDir, folder, { recursive: true });
  return folder;
};
