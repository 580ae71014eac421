import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { asRefusal, StartRefused } from './refused.ts';

/** Who has a part of a data folder; kept beside the lock, for the sentence that turns the next one away. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/**
 * Takes a part of a data folder for as long as this process lives, or until the answer is called. Two programs on one database would each
 * remember what the other has changed. The lock is SQLite's own on `<part>.lock`, in a transaction that never ends: the system frees it with the
 * process, however that dies, and no clock is asked. StartRefused, naming the owner, while another has it.
 */
export function own(dataDir: string, part: string): () => void {
  try {
    return owned(dataDir, part);
  } catch (error) {
    throw asRefusal(error, join(dataDir, `${part}.lock`));
  }
}

function owned(dataDir: string, part: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const note = join(dataDir, `${part}.lock.json`);
  const lock = new SqliteFile(join(dataDir, `${part}.lock`), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new StartRefused(
      `The ${part} of ${dataDir} is already running${ownerIn(note)}: end that one, or set INLAY_DATA_DIR to another folder.`,
    );
  }
  const owner: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  writeFileSync(note, JSON.stringify(owner), { mode: 0o600 });
  return () => lock.close();
}

function ownerIn(note: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(note, 'utf8')) as Owner;
    return ` (process ${pid} on ${host}, since ${since})`;
  } catch {
    // It has only just begun, or the note cannot be read: the lock alone decides.
    return '';
  }
}
