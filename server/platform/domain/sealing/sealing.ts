import type { Documents, SealJob } from '../files/documents.ts';
import type { Files } from '../files/files.ts';
import { marksOf } from '../files/marks.ts';
import type { Links } from '../notices/links.ts';
import { announceCompletion } from '../notices/signing-mail.ts';
import { documentOf, type Envelope, type KeptFile } from '../records/envelope.ts';
import type { SealedFiles } from '../records/files.ts';
import type { Storage } from '../records/stores.ts';
import { factsOf } from './facts.ts';

/** The points of a sealing at which a crash is tried: before anything, with the sealed bytes in hand, with them on disk, and with all of it recorded. */
export type SealingStep = 'sealing' | 'sealed' | 'stored' | 'recorded';

export interface Sealer {
  readonly storage: Storage;
  readonly documents: { of(account: string): Pick<Documents, 'seal'> };
  readonly sealedFiles: Pick<SealedFiles, 'put'>;
  readonly files: Pick<Files, 'read'>;
  readonly links: Links;
  readonly reached: (step: SealingStep) => void;
}

export type Sealing = ReturnType<typeof createSealing>;

/** Makes the sealed file of envelopes that everybody has signed. Stopped anywhere it is done again from the same facts; it is recorded once. */
export const createSealing = (sealer: Sealer) => {
  const { storage, documents, sealedFiles, reached } = sealer;
  return {
    due: (limit: number): Promise<Envelope[]> => storage.read.envelopes.finishing(limit),

    /** The sealed file, which nothing names yet. */
    async seal(envelope: Envelope, at: number): Promise<KeptFile> {
      reached('sealing');
      const finished = await documents.of(envelope.accountId).seal(await jobOf(sealer, envelope, at));
      reached('sealed');
      const sealed = await sealedFiles.put(await storage.read.envelopes.contentKey(envelope.id), finished.bytes);
      reached('stored');
      return sealed;
    },

    /** Completes the envelope with its sealed file. */
    async record(envelope: Envelope, sealed: KeptFile, at: number): Promise<void> {
      await record(sealer, envelope, sealed, at);
      reached('recorded');
    },
  };
};

async function jobOf({ storage, files }: Sealer, envelope: Envelope, at: number): Promise<SealJob> {
  const { id, finishedAt } = envelope;
  const document = documentOf(envelope);
  if (finishedAt === null) throw new Error(`The envelope ${id} has no instant at which it was finished.`);
  const book = storage.read.envelopes;
  const source = await files.read(envelope, document, at);
  const fields = await book.fields(id);
  const sender = (await storage.read.accounts.get(envelope.accountId)).name;
  const signers = await book.signers(id);
  const facts = factsOf({
    envelope: { ...envelope, finishedAt },
    sender,
    signers,
    fields,
    events: await book.events(id),
  });
  const reason = `All signers of ${id} have signed; sealed as it was signed.`;
  return { source, pages: document.pages, marks: marksOf(fields, signers, envelope.locale), facts, reason };
}

/** It is completed at the instant of the last signature, which is also what the file says of itself. */
const record = ({ storage, links }: Sealer, envelope: Envelope, sealed: KeptFile, at: number): Promise<void> =>
  storage.transact(async (stores) => {
    const change = { state: 'completed', sealed, completedAt: envelope.finishedAt, updatedAt: at } as const;
    if (!(await stores.envelopes.move({ id: envelope.id, state: 'finishing' }, change))) return;
    const event = { envelopeId: envelope.id, at, signerId: null, reached: null };
    await stores.envelopes.record({ ...event, kind: 'envelope.completed', detail: sealed.sha256 });
    const sender = (await stores.accounts.get(envelope.accountId)).name;
    await announceCompletion(stores, links, { envelope, sender, signers: await stores.envelopes.signers(envelope.id) }, at);
  });
