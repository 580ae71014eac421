import { timingSafeEqual } from 'node:crypto';
import { Failure } from '../../../../shared/problem.ts';
import { statusOf } from '../envelope/envelopes.ts';
import { type Files, gone } from '../files/files.ts';
import type { Account } from '../records/account.ts';
import { authoritativeOf, type Envelope, type KeptFile, type Provenance } from '../records/envelope.ts';
import type { OpenedFile } from '../records/files.ts';
import { newNonce } from '../records/secrets.ts';
import type { Storage, Stores } from '../records/stores.ts';

/** The authoritative file; the watermarked copy that everyday reading should use; the custody record; and the authoritative file on its way out. */
export const fileKinds = ['authoritative', 'copy', 'custody', 'export'] as const;
export type FileKind = (typeof fileKinds)[number];

/** A file for whoever has the address, until `expires` (Unix seconds). One with a nonce is good for a single reading. */
export interface FileLink {
  readonly accountId: string;
  readonly envelopeId: string;
  readonly kind: FileKind;
  readonly expires: number;
  readonly nonce: string | null;
}

export const filenameOf = ({ envelopeId, kind }: Pick<FileLink, 'envelopeId' | 'kind'>): string => `${envelopeId}_${kind}.pdf`;

export type FileLinks = ReturnType<typeof createFileLinks>;

interface Options {
  readonly storage: Storage;
  readonly files: Pick<Files, 'open'>;
  /** Gives every purpose a secret that only the platform's key can make. */
  readonly secretFor: (purpose: string) => string;
  readonly place: { readonly publicUrl: string };
}

/** Signed addresses of the vault's files. */
export function createFileLinks({ storage, files, secretFor, place }: Options) {
  const signatureOf = ({ accountId, envelopeId, kind, expires, nonce }: FileLink) =>
    secretFor(`file/${JSON.stringify([accountId, envelopeId, kind, expires, ...(nonce === null ? [] : [nonce])])}`);

  function urlOf(link: FileLink): string {
    const url = new URL(`/files/${link.envelopeId}/${link.kind}`, place.publicUrl);
    const { accountId: account, expires, nonce } = link;
    const query = { account, expires: String(expires), ...(nonce !== null && { once: nonce }), signature: signatureOf(link) };
    url.search = new URLSearchParams(query).toString();
    return url.href;
  }

  async function found(stores: Stores, link: FileLink, at: number): Promise<{ envelope: Envelope; file: KeptFile }> {
    const envelope = await stores.envelopes.find(link.accountId, link.envelopeId);
    if (!envelope) throw new Failure('not-found');
    return { envelope, file: fileOf(envelope, link.kind, at) };
  }

  return {
    urlOf,

    /** An address for one of its files, good for `life` seconds; the record says who asked for it. */
    async link(
      account: Account,
      id: string,
      wanted: { kind: FileKind; life: number; once: boolean; askedBy: string },
      at: number,
    ): Promise<{ link: FileLink; url: string }> {
      const { kind, life, once, askedBy } = wanted;
      const nonce = once ? newNonce() : null;
      const link = { accountId: account.id, envelopeId: id, kind, expires: Math.floor(at / 1000) + life, nonce };
      await storage.transact(async (stores) => {
        const envelope = await stores.envelopes.find(account.id, id);
        if (!envelope) throw new Failure('not-found', 'There is no such envelope.');
        fileOf(envelope, kind, at);
        await stores.envelopes.record({
          envelopeId: id,
          at,
          kind: 'vault.linked',
          signerId: null,
          reached: null,
          detail: `${kind} ${askedBy}`,
        });
      });
      return { link, url: urlOf(link) };
    },

    /** Failure `not-found` for a link that was not made here, `link-expired` for one that is over. */
    admit(link: FileLink, signature: string, at: number): void {
      if (!same(signature, signatureOf(link))) throw new Failure('not-found');
      if (at >= link.expires * 1000) throw new Failure('link-expired');
    },

    /** What an admitted link leads to. Failure `link-expired` for one that is spent. */
    async open(link: FileLink, at: number): Promise<OpenedFile> {
      const { envelope, file } = await found(storage.read, link, at);
      if (link.nonce !== null && (await storage.read.vault.isSpent(link.nonce))) throw spent();
      return files.open(envelope, file, at);
    },

    /** Bytes of it are given out. What is single-use is spent with that, and what was frozen in the meantime is not given out after all. */
    recordReading: (link: FileLink, reader: Pick<Provenance, 'address' | 'via' | 'userAgent'>, at: number): Promise<void> =>
      storage.transact(async (stores) => {
        await found(stores, link, at);
        if (link.nonce !== null && !(await stores.vault.spend(link.nonce, link.expires * 1000))) throw spent();
        const reached = { assurance: 'link-given-to-partner', ...reader, reportedBy: 'the platform', session: null } as const;
        await stores.envelopes.record({ envelopeId: link.envelopeId, at, kind: 'vault.read', signerId: null, reached, detail: link.kind });
      }),
  };
}

/** The vault's file of this kind, as it may be given out now. Failure `not-found` until it is vaulted, `copy-released` once it has left. */
export function fileOf(envelope: Envelope, kind: FileKind, at: number): KeptFile {
  const { state, copy, custody } = envelope;
  if (state === 'destroyed') throw gone();
  const status = statusOf(envelope, at);
  if (status !== 'vaulted' && status !== 'released') throw new Failure('not-found', 'The envelope is not vaulted.');
  if (status === 'released' && kind === 'authoritative')
    throw new Failure('envelope-wrong-state', 'The authoritative copy is frozen until its release is acknowledged, or lapses.');
  if (status === 'vaulted' && kind === 'export') throw new Failure('link-expired');
  const file = kind === 'copy' ? copy : kind === 'custody' ? custody : authoritativeOf(envelope);
  if (!file) throw new Failure('not-found');
  return file;
}

const spent = () => new Failure('link-expired', 'This address was good for one reading, and was read.');

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
