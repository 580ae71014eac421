import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { openBlobs } from '../../../storage/blobs.ts';
import { DamagedFile } from '../../domain/files/damage.ts';
import type { KeptFile } from '../../domain/records/envelope.ts';
import type { SealedFiles } from '../../domain/records/files.ts';
import { sha256Of } from '../../domain/records/secrets.ts';
import { decrypt, encrypt } from './cipher.ts';
import { decryptPieces, slice } from './pieces.ts';

const about = 'envelope-file';

/** Files of envelopes in a folder: the address is the hash of the ciphertext, and what is read is hashed again on both sides of the key. */
export function openSealedFiles(folder: string, aside: string, elapsed?: () => number): SealedFiles {
  const blobs = openBlobs(folder, aside, elapsed);

  async function cipherOf({ address }: KeptFile): Promise<Buffer> {
    const bytes = await blobs.get(address).catch((error: unknown) => {
      throw damageOf(address, error);
    });
    if (!bytes) throw noFile(address);
    return bytes;
  }

  async function* piecesOf(contentKey: Uint8Array, { address }: KeptFile, seen?: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
    const file = await blobs.open(address);
    if (!file) throw noFile(address);
    yield* decryptPieces(file, contentKey, about, seen);
  }

  /** On both sides of the key. Error unless all of it is as it was put in. */
  async function check(contentKey: Uint8Array, file: KeptFile): Promise<void> {
    const [outside, inside] = [createHash('sha256'), createHash('sha256')];
    let size = 0;
    for await (const bytes of piecesOf(contentKey, file, (cipher) => outside.update(cipher))) {
      inside.update(bytes);
      size += bytes.length;
    }
    if (outside.digest('hex') !== file.address || inside.digest('hex') !== file.sha256 || size !== file.size)
      throw new Error('The bytes are no longer those of the hash.');
  }

  /** Checks under way, by file: who asks for the same one meanwhile waits for the same. */
  const underWay = new Map<string, Promise<void>>();
  function checked(contentKey: Uint8Array, file: KeptFile): Promise<void> {
    const name = `${file.address} ${file.sha256}`;
    const running = underWay.get(name) ?? check(contentKey, file).finally(() => underWay.delete(name));
    underWay.set(name, running);
    return running;
  }

  return {
    async put(contentKey, bytes) {
      const address = await blobs.put(encrypt(contentKey, bytes, about));
      return { address, sha256: sha256Of(bytes), size: bytes.length };
    },
    async get(contentKey, file) {
      const cipher = await cipherOf(file);
      const bytes = opened(contentKey, cipher, file.address);
      if (bytes.length !== file.size || sha256Of(bytes) !== file.sha256) throw new DamagedFile(file.address);
      return bytes;
    },
    async open(contentKey, file) {
      await checked(contentKey, file).catch((error: unknown) => {
        throw damageOf(file.address, error);
      });
      const { size, sha256 } = file;
      // No further ahead than a piece.
      const options = { objectMode: false, highWaterMark: 1 };
      return { size, sha256, read: (first, last) => Readable.from(slice(piecesOf(contentKey, file), first, last), options) };
    },
    older: blobs.older,
    setAside: blobs.setAside,
    clearAside: blobs.clearAside,
    delete: blobs.delete,
  };
}

const noFile = (address: string) => new DamagedFile(address, { cause: new Error('There is no such file.') });

/** What the disk refuses (permissions, too many open files) says nothing of the bytes. */
const damageOf = (address: string, error: unknown): unknown =>
  error instanceof DamagedFile || (error instanceof Error && 'syscall' in error) ? error : new DamagedFile(address, { cause: error });

function opened(contentKey: Uint8Array, cipher: Buffer, address: string): Buffer {
  try {
    return decrypt(contentKey, cipher, about);
  } catch (error) {
    throw new DamagedFile(address, { cause: error });
  }
}
