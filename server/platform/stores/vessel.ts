import { createHash } from 'node:crypto';
import { openBlobs } from '../../storage/blobs.ts';
import { DamagedFile } from '../domain/damage.ts';
import type { KeptFile, Vessel } from '../domain/envelope.ts';
import { decrypt, encrypt } from './cipher.ts';

const about = 'envelope-file';

/** Files of envelopes in a folder: the address is the hash of the ciphertext, and what is read is hashed again on both sides of the key. */
export function openVessel(folder: string): Vessel {
  const blobs = openBlobs(folder);

  async function cipherOf({ address }: KeptFile): Promise<Buffer> {
    const bytes = await blobs.get(address).catch((error: NodeJS.ErrnoException) => {
      // What the disk refuses (permissions, too many open files) says nothing of the bytes.
      throw error.code ? error : new DamagedFile(address, { cause: error });
    });
    if (!bytes) throw new DamagedFile(address, { cause: new Error('There is no such file.') });
    return bytes;
  }

  return {
    async put(contentKey, bytes) {
      const address = await blobs.put(encrypt(contentKey, bytes, about));
      return { address, sha256: sha256(bytes), size: bytes.length };
    },
    async get(contentKey, file) {
      const cipher = await cipherOf(file);
      const bytes = opened(contentKey, cipher, file.address);
      if (bytes.length !== file.size || sha256(bytes) !== file.sha256) throw new DamagedFile(file.address);
      return bytes;
    },
    older: blobs.older,
    delete: blobs.delete,
  };
}

function opened(contentKey: Uint8Array, cipher: Buffer, address: string): Buffer {
  try {
    return decrypt(contentKey, cipher, about);
  } catch (error) {
    throw new DamagedFile(address, { cause: error });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
