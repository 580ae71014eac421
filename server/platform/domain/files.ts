import { timingSafeEqual } from 'node:crypto';
import { Failure } from '../../../shared/problem.ts';
import type { Store } from './books.ts';
import { DamagedFile } from './damage.ts';
import type { Envelope, KeptFile, Vessel } from './envelope.ts';

/** The sealed file itself, and the watermarked copy that everyday reading should use. */
export const fileKinds = ['authoritative', 'copy'] as const;
export type FileKind = (typeof fileKinds)[number];

/** A file for whoever has the address, until `expires` (Unix seconds). */
export interface FileLink {
  readonly accountId: string;
  readonly envelopeId: string;
  readonly kind: FileKind;
  readonly expires: number;
}

export const filenameOf = ({ envelopeId, kind }: Pick<FileLink, 'envelopeId' | 'kind'>): string => `${envelopeId}_${kind}.pdf`;

export type Files = ReturnType<typeof filesOf>;

/** What is kept of envelopes, read back. `secretFor` gives every purpose a secret that only the platform's key can make. */
export function filesOf(options: {
  store: Store;
  vessel: Vessel;
  secretFor: (purpose: string) => string;
  place: { readonly publicUrl: string };
}) {
  const { store, vessel, secretFor, place } = options;
  const signatureOf = ({ accountId, envelopeId, kind, expires }: FileLink) =>
    secretFor(`file/${JSON.stringify([accountId, envelopeId, kind, expires])}`);

  /** The file's bytes, hashed again. What no longer fits its hash is not given out, and the record says so. */
  async function read(envelope: Envelope, file: KeptFile, at: number): Promise<Buffer> {
    try {
      return await vessel.get(await store.read.envelopes.contentKey(envelope.id), file);
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      const event = { envelopeId: envelope.id, at, kind: 'vault.tampered', signerId: null, reached: null, detail: file.address };
      await store.transact((books) => books.envelopes.record(event));
      throw new Failure('internal', 'The file no longer has the hash that was recorded, and is not given out.', { cause: error });
    }
  }

  return {
    read,

    urlOf(link: FileLink): string {
      const url = new URL(`/files/${link.envelopeId}/${link.kind}`, place.publicUrl);
      url.search = new URLSearchParams({
        account: link.accountId,
        expires: String(link.expires),
        signature: signatureOf(link),
      }).toString();
      return url.href;
    },

    /** What the link leads to. Failure `not-found` for one that was not made here, `link-expired` for one that is over. */
    async open(link: FileLink, signature: string, at: number): Promise<{ bytes: Buffer; sha256: string }> {
      if (!same(signature, signatureOf(link))) throw new Failure('not-found');
      if (at >= link.expires * 1000) throw new Failure('link-expired');
      const envelope = await store.read.envelopes.find(link.accountId, link.envelopeId);
      const file = envelope && fileOf(envelope, link.kind);
      if (!envelope || !file) throw new Failure('not-found');
      return { bytes: await read(envelope, file, at), sha256: file.sha256 };
    },

    /** Bytes of it are given out. */
    recordReading: ({ envelopeId, kind }: FileLink, at: number): Promise<void> =>
      store.transact((books) =>
        books.envelopes.record({ envelopeId, at, kind: 'vault.read', signerId: null, reached: null, detail: kind }),
      ),
  };
}

/** The vault's file of this kind; nothing until the envelope is vaulted. */
export const fileOf = (envelope: Envelope, kind: FileKind): KeptFile | null =>
  envelope.state !== 'vaulted' ? null : kind === 'copy' ? envelope.copy : envelope.sealed;

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
