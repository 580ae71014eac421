import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Kysely } from 'kysely';
import type { LogTables } from './log/leaves.ts';
import { StartRefused } from './refused.ts';

/**
 * How far a database's log had come, kept beside its files (`<folder>.head.json`): a database that was put back from an older copy, or is new, is
 * noticed at the start, before its files are taken for nobody's.
 */
interface HeadBeside {
  /** Leaves in the log. */
  readonly size: number;
  /** The last one's hash, in base64; null of an empty log. */
  readonly last: string | null;
}

export interface Beside {
  /** The log may have grown: its head is written before long. */
  grown(): void;
  /** Writes the head as it is now; nothing more afterwards. */
  close(): Promise<void>;
}

/** How long a head may be written late, in milliseconds: many commits are noted at once. */
const late = 200;

const noteOf = (folder: string) => `${folder}.head.json`;

/** Before a database is opened, which makes it where it is missing. StartRefused where there are files, or a head, of an earlier one. */
export function assertNotNew(database: string, folder: string, acceptLoss: boolean): void {
  if (acceptLoss || existsSync(database)) return;
  const head = readHead(folder);
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).length
    : 0;
  if (files === 0 && (head?.size ?? 0) === 0) return;
  const what = files === 1 ? 'a file is' : `${files} files are`;
  throw new StartRefused(
    `${basename(database)} is missing from ${dirname(database)}, but ${what} in ${basename(folder)}: put the database back, or start with --accept-loss to begin without what it knew; the files are then set aside in quarantine for 30 days.`,
  );
}

/** After it was opened. StartRefused where the log lacks what it once had. `report` is told what goes wrong later. */
export async function headBeside(
  db: Kysely<LogTables>,
  { database, folder, acceptLoss, report }: { database: string; folder: string; acceptLoss: boolean; report: (error: unknown) => void },
): Promise<Beside> {
  const lack = acceptLoss ? undefined : await lackOf(db, folder);
  if (lack !== undefined) {
    throw new StartRefused(
      `${basename(database)} in ${dirname(database)} is not the newest one: ${lack}. Put the newest copy back, or start with --accept-loss to go on without what it lacks; files that it does not name are then set aside in quarantine for 30 days.`,
    );
  }
  const around = dirname(folder);
  await mkdir(around, { recursive: true, mode: 0o700 });
  // What a kill left half written.
  for (const name of await readdir(around))
    if (name.startsWith(`${basename(noteOf(folder))}.`)) await rm(join(around, name), { force: true });
  let written = '';
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const text = JSON.stringify(await headOf(db));
    if (text === written) return;
    // Not flushed: where the power fails an older head stays, which asks less of the database.
    const unfinished = `${noteOf(folder)}.${randomUUID()}`;
    writeFileSync(unfinished, text, { mode: 0o600 });
    renameSync(unfinished, noteOf(folder));
    written = text;
  };
  const next = () => {
    timer = undefined;
    writing = writing.then(write).catch(report);
  };
  await write();
  return {
    grown() {
      timer ??= setTimeout(next, late).unref();
    },
    async close() {
      clearTimeout(timer);
      timer = setTimeout(() => {}, 0);
      writing = writing.then(write).catch(report);
      await writing;
    },
  };
}

/** What the log lacks of what the head beside the files says, as a sentence's end; nothing of a log that has it all. */
export async function lackOf(db: Kysely<LogTables>, folder: string): Promise<string | undefined> {
  const kept = readHead(folder);
  if (!kept || kept.size === 0 || (await lastOf(db, kept.size)) === kept.last) return undefined;
  const { size } = await headOf(db);
  return `its log has ${size} entries, and ${kept.size} were written, of which the last is not there`;
}

function readHead(folder: string): HeadBeside | undefined {
  try {
    return JSON.parse(readFileSync(noteOf(folder), 'utf8')) as HeadBeside;
  } catch {
    // Of a folder from before heads were kept, or of a new one.
    return undefined;
  }
}

async function headOf(db: Kysely<LogTables>): Promise<HeadBeside> {
  const last = await db.selectFrom('log_leaf').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return last ? { size: last.seq + 1, last: Buffer.from(last.hash).toString('base64') } : { size: 0, last: null };
}

async function lastOf(db: Kysely<LogTables>, size: number): Promise<string | null> {
  const found = await db
    .selectFrom('log_leaf')
    .select('hash')
    .where('seq', '=', size - 1)
    .executeTakeFirst();
  return found ? Buffer.from(found.hash).toString('base64') : null;
}
