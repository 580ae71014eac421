import { randomBytes } from 'node:crypto';
import { displayed } from '../../../shared/geometry.ts';
import { formatLoyvaId } from '../../../shared/ids.ts';
import { Failure } from '../../../shared/problem.ts';
import { type Account, ownerKey, type Store } from './books.ts';
import type { Documents, PlacedField, TakenIn } from './documents.ts';
import type { Envelope, EnvelopeField, Signer, Vessel } from './envelope.ts';
import { type EnvelopeRequest, type FieldRequest, faultsOf, nameOf, placeFaults, signersOf } from './envelope-request.ts';
import type { Parties } from './envelopes.ts';
import type { Links } from './links.ts';
import { newId } from './secrets.ts';
import { inviteSigners } from './signing-mail.ts';

type Parts = { store: Store; documents: Documents; vessel: Vessel; links: Links };
type Placed = { file: TakenIn; fields: EnvelopeField[] };

export type CreateEnvelope = ReturnType<typeof createEnvelopes>;

/**
 * Makes an envelope out of a document and sends it. Everything that takes time (intake, encrypting, writing the file) lies before the
 * transaction: killed in between, nothing is there but an encrypted file without a key.
 */
export const createEnvelopes =
  ({ store, documents, vessel, links }: Parts) =>
  async (account: Account, request: EnvelopeRequest, at: number): Promise<Parties> => {
    refuseIf(faultsOf(request, documents.missing, at));
    const taken = await documents.takeIn(request.document.bytes);
    refuseIf(placeFaults(request.fields ?? [], taken.pages.map(displayed)));
    const id = formatLoyvaId('envelope', randomBytes(15));
    const signers = newSigners(id, request);
    const { file, fields } = await place(documents, request, id, signers, taken);
    const contentKey = randomBytes(32);
    const kept = await vessel.put(contentKey, file.bytes);
    const document = { ...kept, filename: request.document.filename, uploadSha256: file.uploadSha256, pages: file.pages };
    return store.transact(async (books) => {
      const customerId = await books.envelopes.customerFor(account.id, request.customer.email, request.customer.name, at);
      const envelope = newEnvelope({ id, accountId: account.id, customerId, document }, request, at);
      await books.envelopes.add(envelope, signers, fields, contentKey);
      for (const kind of ['envelope.created', 'envelope.sent'])
        await books.envelopes.record({ envelopeId: id, at, kind, signerId: null, reached: null, detail: null });
      await inviteSigners(books, links, { envelope, sender: account.name, signers }, at);
      return { envelope, signers };
    });
  };

function refuseIf(errors: readonly { pointer: string; code: string }[]): void {
  if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
}

const newSigners = (envelopeId: string, request: EnvelopeRequest): Signer[] =>
  signersOf(request)
    .map(({ email, name, role, order }, i) => ({
      id: newId('signer'),
      envelopeId,
      name,
      email,
      role,
      position: order ?? i + 1,
      state: 'waiting' as const,
      consentedAt: null,
      signedAt: null,
      reached: null,
      pagesSeen: [],
      revision: 0,
      savedAt: null,
      remindedAt: null,
    }))
    .sort((a, b) => a.position - b.position);

const newEnvelope = (
  { id, accountId, customerId, document }: Pick<Envelope, 'id' | 'accountId' | 'customerId' | 'document'>,
  request: EnvelopeRequest,
  at: number,
): Envelope => ({
  id,
  accountId,
  customerId,
  kind: 'esign',
  templateId: null,
  name: nameOf(request).name,
  externalId: request.externalId,
  metadata: request.metadata,
  message: request.message,
  order: request.order,
  requiredReading: request.requiredReading,
  reminders: request.reminders,
  state: 'sent',
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

/** The document with its fields: those that were asked for, or those of a page that is added for signing. */
async function place(
  documents: Documents,
  request: EnvelopeRequest,
  envelopeId: string,
  signers: readonly Signer[],
  taken: TakenIn,
): Promise<Placed> {
  if (request.fields) {
    const byEmail = new Map(signers.map((signer) => [ownerKey(signer.email), signer.id]));
    const fields = request.fields.map((field) => newField(envelopeId, field, byEmail.get(ownerKey(field.signer)) ?? ''));
    return { file: taken, fields };
  }
  const lines = signers.map(({ id, name, role }) => ({ signer: id, name, role }));
  const added = await documents.addSignaturePage(taken, { title: nameOf(request).name, signers: lines });
  return { file: added.file, fields: added.fields.map((field) => newField(envelopeId, { ...field, value: null }, field.signer)) };
}

const newField = (envelopeId: string, field: FieldRequest | (PlacedField & { value: null }), signerId: string): EnvelopeField => ({
  id: newId('field'),
  envelopeId,
  signerId,
  type: field.type,
  page: field.page,
  x: field.x,
  y: field.y,
  width: Math.min(field.width, 1 - field.x),
  height: Math.min(field.height, 1 - field.y),
  required: field.required,
  label: field.label,
  value: field.value,
});
