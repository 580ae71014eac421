import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Files kept by what is in them: the address is the SHA-256 of the bytes, in hex. A blob that is there is whole and on disk. */
export interface Blobs {
  put(bytes: Uint8Array): Promise<string>;
  /** Nothing when there is no such blob; throws when its bytes are no longer those of the address. */
  get(address: string): Promise<Buffer | undefined>;
  delete(address: string): Promise<void>;
  /** Addresses of blobs last written before this instant (milliseconds). Files as old that were never finished are deleted on the way. */
  older(before: number): Promise<string[]>;
}

export function openBlobs(folder: string): Blobs {
  const place = (address: string) => {
    if (!/^[0-9a-f]{64}$/.test(address)) throw new RangeError('A blob address is 64 hexadecimal digits.');
    return { inside: join(folder, address.slice(0, 2)), file: join(folder, address.slice(0, 2), address) };
  };
  return {
    async put(bytes) {
      const address = sha256(bytes);
      const { inside, file } = place(address);
      await mkdir(inside, { recursive: true, mode: 0o700 });
      const unfinished = join(inside, `.${randomUUID()}`);
      const handle = await open(unfinished, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
      await syncFolder(inside);
      await syncFolder(folder);
      return address;
    },
    async get(address) {
      const bytes = await readFile(place(address).file).catch(absent);
      if (bytes && sha256(bytes) !== address) throw new Error(`The blob ${address} is damaged.`);
      return bytes;
    },
    async delete(address) {
      await unlink(place(address).file).catch(absent);
    },
    async older(before) {
      const old: string[] = [];
      for (const inner of (await readdir(folder).catch(absent)) ?? []) {
        if (!/^[0-9a-f]{2}$/.test(inner)) continue;
        for (const name of await readdir(join(folder, inner))) {
          const file = join(folder, inner, name);
          const written = await stat(file).catch(absent);
          if (!written || written.mtimeMs >= before) continue;
          if (name.startsWith('.')) await unlink(file).catch(absent);
          else if (/^[0-9a-f]{64}$/.test(name)) old.push(name);
        }
      }
      return old;
    },
  };
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
