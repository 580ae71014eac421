import { impossible, type Parties, partiesOf, statusOf } from '../envelope/envelopes.ts';
import type { AllDocuments } from '../files/documents.ts';
import type { Account } from '../records/account.ts';
import type { Envelope } from '../records/envelope.ts';
import type { SealedFiles } from '../records/files.ts';
import type { Storage } from '../records/stores.ts';
import type { UploadedDocument } from './request.ts';

type Options = { storage: Storage; documents: AllDocuments; sealedFiles: SealedFiles };

export type Papers = ReturnType<typeof createPapers>;

/** Envelopes that were signed on paper, or elsewhere: what was signed is uploaded. */
export const createPapers = ({ storage, documents, sealedFiles }: Options) => ({
  /** Refuses an upload that could not be kept anyway, before any of it is read. */
  async expect(account: Account, id: string, at: number): Promise<void> {
    requirePending((await partiesOf(storage.read, account, id)).envelope, at);
  },

  /**
   * Looked at as every document is, and kept byte for byte as it came: whatever signatures it carries stay whole. Failure
   * `envelope-wrong-state`, `document-refused`.
   */
  async upload(account: Account, id: string, { filename, bytes }: UploadedDocument, at: number): Promise<Parties> {
    requirePending((await partiesOf(storage.read, account, id)).envelope, at);
    const { pages, uploadSha256 } = await documents.of(account.id).takeIn(bytes, { signed: 'kept', fields: 'flattened', pointer: '/file' });
    const kept = await sealedFiles.put(await storage.read.envelopes.contentKey(id), bytes);
    const document = { ...kept, filename, uploadSha256, pages };
    return storage.transact(async (stores) => {
      const { envelope } = await partiesOf(stores, account, id);
      requirePending(envelope, at);
      await stores.envelopes.move(envelope, { state: 'uploaded', updatedAt: at, document });
      const event = { envelopeId: id, at, kind: 'document.uploaded', signerId: null, reached: null };
      await stores.envelopes.record({ ...event, detail: uploadSha256 });
      return partiesOf(stores, account, id);
    });
  },
});

function requirePending(envelope: Envelope, at: number): void {
  const from = statusOf(envelope, at);
  if (from !== 'pending') throw impossible(envelope, from, 'uploaded');
}
