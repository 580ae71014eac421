import { newId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import { displayed } from '../../../../shared/signing/geometry.ts';
import type { Documents, TakenIn, Warning } from '../files/documents.ts';
import type { Account } from '../records/account.ts';
import type { EnvelopeField, Signer } from '../records/envelope.ts';
import type { FieldRequest } from '../records/field.ts';
import type { SealedFiles } from '../records/files.ts';
import { ownerKey } from '../records/people.ts';
import type { Storage } from '../records/stores.ts';
import type { Template } from '../records/template.ts';
import { placeFaults } from './field-faults.ts';
import { newField } from './field-request.ts';
import { requestFitFaults } from './fitting.ts';
import { ownFields } from './found-fields.ts';
import { withGivenValues } from './given-values.ts';
import { refuseIf } from './refuse.ts';
import { type EnvelopeRequest, faultsOf, nameOfFile, type SignerRequest, signersOf, type UploadedDocument } from './request.ts';
import { castFaults, castOf } from './template.ts';
import { templateBytes } from './templates.ts';

type Options = { storage: Storage; documents: Documents; sealedFiles: SealedFiles };

/** What a new envelope will be, before anything of it is written. */
export interface Draft {
  readonly name: string;
  readonly order: 'parallel' | 'sequential';
  readonly templateId: string | null;
  readonly signers: readonly Signer[];
  readonly fields: readonly EnvelopeField[];
  /** Null on paper: it comes when it is signed. */
  readonly file: (Pick<TakenIn, 'bytes' | 'uploadSha256' | 'pages'> & { readonly filename: string }) | null;
  /** What was left out of the document or changed in it. */
  readonly warnings: readonly Warning[];
}

/** Reads the request against its document or template. Failure `invalid-input` with every fault, `document-refused`. */
export async function draftOf(parts: Options, account: Account, id: string, request: EnvelopeRequest, at: number): Promise<Draft> {
  const { source } = request;
  const template = source.kind === 'template' ? await parts.storage.read.templates.find(account.id, source.templateId) : undefined;
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
  warnings: [],
});

async function fromTemplate(parts: Options, id: string, request: EnvelopeRequest, template: Template): Promise<Draft> {
  const { document, fields } = template;
  const bytes = await templateBytes(parts, template);
  if (!bytes) throw new Failure('invalid-input', undefined, { errors: unknownTemplate });
  const signers = inOrder(newSigners(id, castOf(template, request)));
  const byRole = new Map(signers.map((signer) => [signer.role, signer.id]));
  const own = fields.map((field) => newField(id, field, byRole.get(field.signer) ?? ''));
  return {
    name: request.name ?? template.name,
    order: request.order ?? template.order,
    templateId: template.id,
    signers,
    fields: await withGivenValues(parts.documents, own, request, document.pages),
    file: { ...document, bytes },
    warnings: [],
  };
}

/** With fields where they were asked for, or where the document asks for them; whoever signs nowhere then does so on a page that is added. */
async function fromDocument(documents: Documents, id: string, request: EnvelopeRequest, document: UploadedDocument): Promise<Draft> {
  const taken = await documents.takeIn(document.bytes, { fields: request.fields ? 'flattened' : 'become' });
  refuseIf(placeFaults(request.fields ?? [], taken.pages.map(displayed)));
  refuseIf(await requestFitFaults(documents, request.fields ?? [], taken.pages));
  // As they were named: the second is `signer2`, whenever they sign.
  const signers = newSigners(id, signersOf(request));
  const name = request.name ?? nameOfFile(document);
  const draft = { name, order: request.order ?? 'parallel', templateId: null, signers: inOrder(signers) } as const;
  const { file, fields } = request.fields
    ? { file: taken, fields: askedFields(id, request.fields, signers) }
    : await documentFields(documents, taken, { id, name, signers, request });
  return { ...draft, fields, file: { ...file, filename: document.filename }, warnings: taken.warnings };
}

function askedFields(id: string, fields: readonly FieldRequest[], signers: readonly Signer[]): EnvelopeField[] {
  const byEmail = new Map(signers.map((signer) => [ownerKey(signer.email), signer.id]));
  return fields.map((field) => newField(id, field, byEmail.get(ownerKey(field.signer)) ?? ''));
}

async function documentFields(
  documents: Documents,
  taken: TakenIn,
  { id, name, signers, request }: { id: string; name: string; signers: readonly Signer[]; request: EnvelopeRequest },
) {
  const parties = signers.map((signer) => ({ ...signer, signer: signer.id }));
  const { file, fields } = await ownFields(documents, taken, { title: name, lang: request.locale ?? undefined }, parties);
  const own = fields.map((field) => newField(id, field, field.signer));
  return { file, fields: await withGivenValues(documents, own, request, file.pages) };
}

const newSigners = (envelopeId: string, signers: readonly SignerRequest[]): Signer[] =>
  signers.map(({ email, name, role, order }, i) => ({
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
    timeZone: null,
  }));

const inOrder = (signers: readonly Signer[]): Signer[] => signers.toSorted((a, b) => a.position - b.position);
