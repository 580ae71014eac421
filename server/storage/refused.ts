/** A data folder that this program does not start on: the message is the one sentence that says why and what to do; a stack would add nothing. */
export class StartRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'StartRefused';
  }
}

const unwritable =
  'cannot be written: give the user who runs Inlay the right to write it and its folder, or set INLAY_DATA_DIR to another folder';
const unreadable = 'is damaged, or is no database of Inlay: put a backup in its place, or set INLAY_DATA_DIR to another folder';
const full = 'could not be written, the disk is full: make room, or set INLAY_DATA_DIR to a folder on another disk';

/** What the system and SQLite (result codes, sqlite.org/rescode.html) say of a file, as a sentence's end; by the beginning of the code. */
const sentences: readonly (readonly [code: string, sentence: string])[] = [
  ['SQLITE_NOTADB', unreadable],
  ['SQLITE_CORRUPT', unreadable],
  ['SQLITE_READONLY', unwritable],
  ['SQLITE_CANTOPEN', unwritable],
  ['SQLITE_FULL', full],
  ['SQLITE_BUSY', 'is locked by another program: end that one'],
  ['SQLITE_IOERR', 'could not be read or written: look at the disk it lies on'],
  ['EACCES', unwritable],
  ['EPERM', unwritable],
  ['EROFS', unwritable],
  ['EISDIR', unreadable],
  ['ENOTDIR', 'lies below something that is no folder: set INLAY_DATA_DIR to another folder'],
  ['ENOSPC', full],
  ['EIO', 'could not be read or written: look at the disk it lies on'],
];

/** Is the disk, or the file on it, to blame? */
export const isOfDisk = (error: unknown): boolean => asRefusal(error, '') !== error;

/** The error as what ends the start: of what the disk, or the file on it, is to blame for one sentence; anything else as it is. */
export function asRefusal(error: unknown, file: string): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const [, sentence] = sentences.find(([begin]) => code.startsWith(begin)) ?? [];
  return sentence === undefined ? error : new StartRefused(`${file} ${sentence} (${code}).`);
}
