import { displayed } from '../../../shared/geometry.ts';
import { Failure } from '../../../shared/problem.ts';
import { type Account, ownerKey, type Store } from './books.ts';
import type { Documents, TakenIn } from './documents.ts';
import type { EnvelopeField, Signer, Vessel } from './envelope.ts';
import { type EnvelopeRequest, faultsOf, nameOfFile, type SignerRequest, signersOf, type UploadedDocument } from './envelope-request.ts';
import { newField, placeFaults } from './field-request.ts';
import { refuseIf } from './refuse.ts';
import { newId } from './secrets.ts';
import { castFaults, castOf, type Template } from './template.ts';
import { templateBytes } from './templates.ts';

type Parts = { store: Store; documents: Documents; vessel: Vessel };

/** What a new envelope will be, before anything of it is written. */
export interface Draft {
  readonly name: string;
  readonly order: 'parallel' | 'sequential';
  readonly templateId: string | null;
  readonly signers: readonly Signer[];
  readonly fields: readonly EnvelopeField[];
  /** Null on paper: it comes when it is signed. */
  readonly file: (Pick<TakenIn, 'bytes' | 'uploadSha256' | 'pages'> & { readonly filename: string }) | null;
}

/** Reads the request against its document or template. Failure `invalid-input` with every fault, `document-refused`. */
export async function draftOf(parts: Parts, account: Account, id: string, request: EnvelopeRequest, at: number): Promise<Draft> {
  const { source } = request;
  const template = source.kind === 'template' ? await parts.store.read.templates.find(account.id, source.templateId) : undefined;
  const cast = source.kind === 'template' ? (template ? castFaults(template, request) : unknownTemplate) : [];
  refuseIf([...faultsOf(request, parts.documents.missing, at), ...cast]);
  if (template) return fromTemplate(parts, id, request, template);
  return source.kind === 'document' ? fromDocument(parts.documents, id, request, source.document) : onPaper(request);
}

const unknownTemplate = [{ pointer: '/template_id', code: 'no-such-template', message: 'must be one of your templates' }];

/** Whose it is does not belong in a name that we make up: names outlive the erasure of a person. */
const onPaper = ({ name }: EnvelopeRequest): Draft => ({
  name: name ?? 'Agreement on paper',
  order: 'parallel',
  templateId: null,
  signers: [],
  fields: [],
  file: null,
});

async function fromTemplate(parts: Parts, id: string, request: EnvelopeRequest, template: Template): Promise<Draft> {
  const { document, fields } = template;
  const bytes = await templateBytes(parts, template);
  if (!bytes) throw new Failure('invalid-input', undefined, { errors: unknownTemplate });
  const signers = newSigners(id, castOf(template, request));
  const byRole = new Map(signers.map((signer) => [signer.role, signer.id]));
  return {
    name: request.name ?? template.name,
    order: request.order ?? template.order,
    templateId: template.id,
    signers,
    fields: fields.map((field) => newField(id, field, byRole.get(field.signer) ?? '')),
    file: { ...document, bytes },
  };
}

/** With fields where they were asked for, or on a page that is added for signing. */
async function fromDocument(documents: Documents, id: string, request: EnvelopeRequest, document: UploadedDocument): Promise<Draft> {
  const taken = await documents.takeIn(document.bytes);
  refuseIf(placeFaults(request.fields ?? [], taken.pages.map(displayed)));
  const signers = newSigners(id, signersOf(request));
  const name = request.name ?? nameOfFile(document);
  const { filename } = document;
  const draft = { name, order: request.order ?? 'parallel', templateId: null, signers } as const;
  if (request.fields) {
    const byEmail = new Map(signers.map((signer) => [ownerKey(signer.email), signer.id]));
    const fields = request.fields.map((field) => newField(id, field, byEmail.get(ownerKey(field.signer)) ?? ''));
    return { ...draft, fields, file: { ...taken, filename } };
  }
  const lines = signers.map((signer) => ({ signer: signer.id, name: signer.name, role: signer.role }));
  const added = await documents.addSignaturePage(taken, { title: name, signers: lines });
  return {
    ...draft,
    fields: added.fields.map((field) => newField(id, { ...field, value: null }, field.signer)),
    file: { ...added.file, filename },
  };
}

const newSigners = (envelopeId: string, signers: readonly SignerRequest[]): Signer[] =>
  signers
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
