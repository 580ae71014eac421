import { randomBytes } from 'node:crypto';
import { newLoyvaId } from '../../../../shared/ids.ts';
import type { Parties } from '../envelope/envelopes.ts';
import { firstReminder } from '../envelope/reminders.ts';
import type { AllDocuments, Warning } from '../files/documents.ts';
import type { Links } from '../notices/links.ts';
import { inviteSigners } from '../notices/signing-mail.ts';
import type { Account } from '../records/account.ts';
import type { Envelope } from '../records/envelope.ts';
import type { SealedFiles } from '../records/files.ts';
import type { Storage } from '../records/stores.ts';
import { type Draft, draftOf } from './draft.ts';
import type { EnvelopeRequest } from './request.ts';

type Options = { storage: Storage; documents: AllDocuments; sealedFiles: SealedFiles; links: Links };

/** A new envelope, and what its sender should know of its document. */
export interface Created extends Parties {
  readonly warnings: readonly Warning[];
}

export type CreateEnvelope = ReturnType<typeof createCreation>;

/**
 * Makes an envelope and, unless it is of paper, sends it. Everything that takes time (intake, encrypting, writing the file) lies before the
 * transaction: killed in between, nothing is there but an encrypted file without a key.
 */
export const createCreation =
  ({ storage, documents, sealedFiles, links }: Options) =>
  async (account: Account, request: EnvelopeRequest, at: number): Promise<Created> => {
    const id = newLoyvaId('envelope');
    const draft = await draftOf({ storage, documents: documents.of(account.id), sealedFiles }, account, id, request, at);
    const contentKey = randomBytes(32);
    const document = draft.file && (await keep(sealedFiles, contentKey, draft.file));
    const { signers, fields } = draft;
    return storage.transact(async (stores) => {
      const customerId = await stores.envelopes.customerFor(account.id, request.customer.email, request.customer.name, at);
      const envelope = newEnvelope({ id, accountId: account.id, customerId, document }, request, draft, at);
      await stores.envelopes.add(envelope, signers, fields, contentKey);
      for (const kind of document ? ['envelope.created', 'envelope.sent'] : ['envelope.created'])
        await stores.envelopes.record({ envelopeId: id, at, kind, signerId: null, reached: null, detail: null });
      await inviteSigners(stores, links, { envelope, sender: account.name, signers }, at);
      return { envelope, signers, warnings: draft.warnings };
    });
  };

const keep = async (
  sealedFiles: SealedFiles,
  contentKey: Uint8Array,
  { bytes, filename, uploadSha256, pages }: NonNullable<Draft['file']>,
) => ({
  ...(await sealedFiles.put(contentKey, bytes)),
  filename,
  uploadSha256,
  pages,
});

const newEnvelope = (
  { id, accountId, customerId, document }: Pick<Envelope, 'id' | 'accountId' | 'customerId' | 'document'>,
  request: EnvelopeRequest,
  { name, order, templateId }: Draft,
  at: number,
): Envelope => ({
  id,
  accountId,
  customerId,
  kind: document ? 'esign' : 'paper',
  templateId,
  name,
  externalId: request.externalId,
  locale: request.locale,
  metadata: request.metadata,
  message: request.message,
  order,
  requiredReading: request.requiredReading,
  reminders: request.reminders,
  remindAt: document && firstReminder(request.reminders, at),
  state: document ? 'sent' : 'pending',
  createdAt: at,
  updatedAt: at,
  expiresAt: request.expiresAt,
  finishedAt: null,
  completedAt: null,
  vaultedAt: null,
  ended: null,
  document,
  sealed: null,
  copy: null,
  custody: null,
  controller: null,
  release: null,
  compliance: null,
});
