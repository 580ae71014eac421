import { Failure } from '../../../shared/problem.ts';
import type { Store } from './books.ts';
import { DamagedFile } from './damage.ts';
import type { Envelope, KeptFile, Vessel } from './envelope.ts';

export type Files = ReturnType<typeof filesOf>;

/** What is kept of envelopes, read back. */
export function filesOf({ store, vessel }: { store: Store; vessel: Vessel }) {
  /** A file that was found damaged stands in the record once, however often it is asked for. */
  const recordDamage = (envelope: Envelope, file: KeptFile, at: number): Promise<void> =>
    store.transact(async (books) => {
      const known = await books.envelopes.events(envelope.id, ['vault.tampered']);
      if (known.some(({ detail }) => detail === file.address)) return;
      const event = { envelopeId: envelope.id, at, signerId: null, reached: null };
      await books.envelopes.record({ ...event, kind: 'vault.tampered', detail: file.address });
    });

  /** The bytes, or why there are none. What is destroyed while it is read is not damaged, but gone. */
  async function open(envelope: Envelope, file: KeptFile, at: number): Promise<Buffer | DamagedFile | 'gone'> {
    if (envelope.state === 'destroyed') return 'gone';
    try {
      return await vessel.get(await store.read.envelopes.contentKey(envelope.id), file);
    } catch (error) {
      const now = await store.read.envelopes.find(envelope.accountId, envelope.id);
      if (now?.state === 'destroyed') return 'gone';
      if (!(error instanceof DamagedFile)) throw error;
      await recordDamage(envelope, file, at);
      return error;
    }
  }

  return {
    /** The file's bytes, hashed again. What no longer fits its hash is not given out, and the record says so. */
    async read(envelope: Envelope, file: KeptFile, at: number): Promise<Buffer> {
      const opened = await open(envelope, file, at);
      if (opened === 'gone') throw gone();
      if (opened instanceof DamagedFile)
        throw new Failure('internal', 'The file no longer has the hash that was recorded, and is not given out.', { cause: opened });
      return opened;
    },

    /** The same for a judge: nothing for a file that is damaged, or destroyed. */
    async inspect(envelope: Envelope, file: KeptFile | null, at: number): Promise<Buffer | undefined> {
      const opened = file && (await open(envelope, file, at));
      return Buffer.isBuffer(opened) ? opened : undefined;
    },
  };
}

/** The receiver has acknowledged the copy that was released, and what was here is destroyed. To whom it went is not for whoever has an address. */
export const gone = (): Failure =>
  new Failure(
    'copy-released',
    'The authoritative copy was released, and its receiver has acknowledged it; what was kept here is destroyed.',
  );
