import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files kept by what is in them: the address is the SHA-256 of the bytes, in hex. A blob that is there is whole and on disk. `aside` is the folder
 * for those that nobody seems to name: nothing is deleted on a doubt.
 */
export interface Blobs {
  put(bytes: Uint8Array): Promise<string>;
  /** Nothing when there is no such blob; throws when its bytes are no longer those of the address. */
  get(address: string): Promise<Buffer | undefined>;
  /** Its file, for whoever reads it a piece at a time, looks whether the bytes are those of the address, and closes it; nothing when there is none. */
  open(address: string): Promise<FileHandle | undefined>;
  delete(address: string): Promise<void>;
  /** Puts a blob that nobody seems to name aside, with the reason and the instant (milliseconds); whoever reads it all the same has it back. */
  setAside(address: string, reason: string, at: number): Promise<void>;
  /** Deletes what was set aside before this instant, but for those that are named now: they are put back. */
  clearAside(before: number, named: ReadonlySet<string>): Promise<void>;
  /** Addresses of blobs last written before this instant (milliseconds), but for what this process has put within the hour. Files as old that were never finished are deleted on the way. */
  older(before: number): Promise<string[]>;
}

/** Milliseconds in which whoever has put a blob writes down that it is needed: no call takes an hour. */
const young = 3_600_000;

export function openBlobs(folder: string, aside: string, elapsed: () => number = () => performance.now()): Blobs {
  /** What this process has put, and when: whoever set the clock forward has made none of it old. */
  const puts = new Map<string, number>();
  /** Files that are being written just now. */
  const unfinishedHere = new Set<string>();
  function isYoung(address: string): boolean {
    for (const [each, since] of puts) if (elapsed() - since > young) puts.delete(each);
    return puts.has(address);
  }

  const place = (address: string) => {
    if (!/^[0-9a-f]{64}$/.test(address)) throw new RangeError('A blob address is 64 hexadecimal digits.');
    return { inside: join(folder, address.slice(0, 2)), file: join(folder, address.slice(0, 2), address) };
  };
  const asideOf = (address: string) => ({ file: join(aside, address), note: join(aside, `${address}.json`) });

  /** Nothing where it does not lie aside. */
  async function back(address: string): Promise<Buffer | undefined> {
    const { inside, file } = place(address);
    const there = asideOf(address);
    const bytes = await readFile(there.file).catch(absent);
    if (!bytes) return undefined;
    await mkdir(inside, { recursive: true, mode: 0o700 });
    await rename(there.file, file).catch(absent);
    await syncFolder(inside);
    await unlink(there.note).catch(absent);
    return bytes;
  }

  return {
    async put(bytes) {
      const address = sha256(bytes);
      const { inside, file } = place(address);
      await mkdir(inside, { recursive: true, mode: 0o700 });
      const unfinished = join(inside, `.${randomUUID()}`);
      unfinishedHere.add(unfinished);
      const handle = await open(unfinished, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      puts.set(address, elapsed());
      await rename(unfinished, file);
      unfinishedHere.delete(unfinished);
      await syncFolder(inside);
      await syncFolder(folder);
      return address;
    },
    async get(address) {
      const bytes = (await readFile(place(address).file).catch(absent)) ?? (await back(address));
      if (bytes && sha256(bytes) !== address) throw new Error(`The blob ${address} is damaged.`);
      return bytes;
    },
    async open(address) {
      const { file } = place(address);
      return (await open(file).catch(absent)) ?? ((await back(address)) && (await open(file).catch(absent)));
    },
    async delete(address) {
      await unlink(place(address).file).catch(absent);
    },
    async setAside(address, reason, at) {
      const { file, note } = asideOf(address);
      await mkdir(aside, { recursive: true, mode: 0o700 });
      const why: Aside = { at, reason, folder };
      await writeFile(note, JSON.stringify(why), { mode: 0o600, flush: true });
      await rename(place(address).file, file).catch(absent);
      await syncFolder(aside);
    },
    async clearAside(before, named) {
      for (const name of (await readdir(aside).catch(absent)) ?? []) {
        const address = /^([0-9a-f]{64})\.json$/.exec(name)?.[1];
        if (address === undefined) continue;
        const { file, note } = asideOf(address);
        const why = JSON.parse(await readFile(note, 'utf8')) as Aside;
        if (why.folder !== folder) continue;
        if (named.has(address)) await back(address);
        else if (why.at < before) {
          await unlink(file).catch(absent);
          await unlink(note).catch(absent);
        }
      }
    },
    async older(before) {
      const old: string[] = [];
      for (const inner of (await readdir(folder).catch(absent)) ?? []) {
        if (!/^[0-9a-f]{2}$/.test(inner)) continue;
        for (const name of await readdir(join(folder, inner))) {
          const file = join(folder, inner, name);
          const written = await stat(file).catch(absent);
          if (!written || written.mtimeMs >= before) continue;
          if (unfinishedHere.has(file)) continue;
          if (name.startsWith('.')) await unlink(file).catch(absent);
          else if (/^[0-9a-f]{64}$/.test(name) && !isYoung(name)) old.push(name);
        }
      }
      return old;
    },
  };
}

/** What of these addresses is not here yet is copied from there, and is on disk afterwards; there it stays. */
export async function moveIn(here: Blobs, there: Blobs, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    if (await here.get(address)) continue;
    const bytes = await there.get(address);
    if (bytes) await here.put(bytes);
  }
}

/** Why a blob was set aside, when (milliseconds), and from where. */
interface Aside {
  readonly at: number;
  readonly reason: string;
  readonly folder: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A rename is on disk only when the folder that names the file is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  await handle.sync().finally(() => handle.close());
}

const absent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};
