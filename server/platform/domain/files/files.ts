import { Failure } from '../../../../shared/problem.ts';
import type { Envelope, KeptFile } from '../records/envelope.ts';
import type { OpenedFile, SealedFiles } from '../records/files.ts';
import type { Storage } from '../records/stores.ts';
import { DamagedFile } from './damage.ts';

type Reading<T> = (contentKey: Uint8Array, file: KeptFile) => Promise<T>;

export type Files = ReturnType<typeof createFiles>;

/** What is kept of envelopes, read back. */
export function createFiles({ storage, sealedFiles }: { storage: Storage; sealedFiles: SealedFiles }) {
  /** A file that was found damaged stands in the record once, however often it is asked for. */
  const recordDamage = (envelope: Envelope, file: KeptFile, at: number): Promise<void> =>
    storage.transact(async (stores) => {
      const known = await stores.envelopes.events(envelope.id, ['vault.tampered']);
      if (known.some(({ detail }) => detail === file.address)) return;
      const event = { envelopeId: envelope.id, at, signerId: null, reached: null };
      await stores.envelopes.record({ ...event, kind: 'vault.tampered', detail: file.address });
    });

  /** What `read` makes of it, or why there is nothing. What is destroyed while it is read is not damaged, but gone. */
  async function tried<T>(read: Reading<T>, envelope: Envelope, file: KeptFile, at: number): Promise<T | DamagedFile | 'gone'> {
    if (envelope.state === 'destroyed') return 'gone';
    try {
      return await read(await storage.read.envelopes.contentKey(envelope.id), file);
    } catch (error) {
      const now = await storage.read.envelopes.find(envelope.accountId, envelope.id);
      if (now?.state === 'destroyed') return 'gone';
      if (!(error instanceof DamagedFile)) throw error;
      await recordDamage(envelope, file, at);
      return error;
    }
  }

  async function required<T>(read: Reading<T>, envelope: Envelope, file: KeptFile, at: number): Promise<T> {
    const found = await tried(read, envelope, file, at);
    if (found === 'gone') throw gone();
    if (found instanceof DamagedFile)
      throw new Failure('internal', 'The file no longer has the hash that was recorded, and is not given out.', { cause: found });
    return found;
  }

  return {
    /** The file's bytes, hashed again. What no longer fits its hash is not given out, and the record says so. */
    read: (envelope: Envelope, file: KeptFile, at: number): Promise<Buffer> => required(sealedFiles.get, envelope, file, at),

    /** The same for whoever downloads it, a piece at a time. */
    open: (envelope: Envelope, file: KeptFile, at: number): Promise<OpenedFile> => required(sealedFiles.open, envelope, file, at),

    /** The same for a judge: nothing for a file that is damaged, or destroyed. */
    async inspect(envelope: Envelope, file: KeptFile | null, at: number): Promise<Buffer | undefined> {
      const found = file && (await tried(sealedFiles.get, envelope, file, at));
      return Buffer.isBuffer(found) ? found : undefined;
    },
  };
}

/** The receiver has acknowledged the copy that was released, and what was here is destroyed. To whom it went is not for whoever has an address. */
export const gone = (): Failure =>
  new Failure(
    'copy-released',
    'The authoritative copy was released, and its receiver has acknowledged it; what was kept here is destroyed.',
  );
