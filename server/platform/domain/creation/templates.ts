import { randomBytes } from 'node:crypto';
import { newLoyvaId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import { displayed } from '../../../../shared/signing/geometry.ts';
import { DamagedFile } from '../files/damage.ts';
import type { AllDocuments, Documents, TakenIn, Warning } from '../files/documents.ts';
import type { Account } from '../records/account.ts';
import type { FieldRequest } from '../records/field.ts';
import type { SealedFiles } from '../records/files.ts';
import type { Storage } from '../records/stores.ts';
import type { Template, TemplateQuery } from '../records/template.ts';
import { placeFaults } from './field-faults.ts';
import { keptForm } from './field-request.ts';
import { requestFitFaults } from './fitting.ts';
import { ownFields, rolesIn } from './found-fields.ts';
import { refuseIf } from './refuse.ts';
import { type TemplateRequest, templateFaults, tooManyRoles } from './template.ts';

type Options = { storage: Storage; documents: AllDocuments; sealedFiles: SealedFiles };

export type Templates = ReturnType<typeof createTemplates>;

/** A partner's templates. Another account's are not there. */
export const createTemplates = ({ storage, sealedFiles, ...parts }: Options) => ({
  /** The document is taken in once, here; envelopes get what came of it. */
  async create(account: Account, request: TemplateRequest, at: number): Promise<{ template: Template; warnings: readonly Warning[] }> {
    const documents = parts.documents.of(account.id);
    refuseIf(templateFaults(request, documents.missing));
    const { file, fields } = await fieldsOf(documents, request);
    const { bytes, uploadSha256, pages } = file;
    const contentKey = randomBytes(32);
    const document = { ...(await sealedFiles.put(contentKey, bytes)), filename: request.document.filename, uploadSha256, pages };
    const { name, order } = request;
    const id = newLoyvaId('template');
    const template: Template = { id, accountId: account.id, name, order, document, fields, createdAt: at };
    await storage.transact((stores) => stores.templates.add(template, contentKey));
    return { template, warnings: file.warnings };
  },

  list: (account: Account, query: TemplateQuery) => storage.read.templates.list(account.id, query),

  async get(account: Account, id: string): Promise<Template> {
    const template = await storage.read.templates.find(account.id, id);
    if (!template) throw noSuchTemplate();
    return template;
  },

  /** Envelopes that were made of it have their own copy and go on. */
  async remove(account: Account, id: string): Promise<void> {
    if (!(await storage.transact((stores) => stores.templates.remove(account.id, id)))) throw noSuchTemplate();
  },
});

/** The fields that were asked for, or those that the document asks for. */
async function fieldsOf(
  documents: Documents,
  { name, document, fields }: TemplateRequest,
): Promise<{ file: TakenIn; fields: FieldRequest[] }> {
  const file = await documents.takeIn(document.bytes, { fields: fields ? 'flattened' : 'become' });
  if (fields) {
    refuseIf(placeFaults(fields, file.pages.map(displayed)));
    refuseIf(await requestFitFaults(documents, fields, file.pages));
    return { file, fields: fields.map((field) => ({ ...keptForm(field), signer: field.signer })) };
  }
  refuseIf(file.fields.length > 0 ? [] : fieldless);
  const roles = rolesIn(file.fields);
  refuseIf(tooManyRoles(roles));
  return ownFields(
    documents,
    file,
    { title: name },
    roles.map((role) => ({ signer: role, name: role, role })),
  );
}

const fieldless = [
  { pointer: '/fields', code: 'required', message: 'is required: the document has no form fields or text tags of its own' },
];

const noSuchTemplate = () => new Failure('not-found', 'There is no such template.');

/** The template's document, for an envelope; nothing when it is deleted in the meantime. */
export async function templateBytes(
  { storage, sealedFiles }: Pick<Options, 'storage' | 'sealedFiles'>,
  template: Template,
): Promise<Buffer | undefined> {
  const contentKey = await storage.read.templates.contentKey(template.accountId, template.id);
  try {
    return contentKey && (await sealedFiles.get(contentKey, template.document));
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    // Deleted while it was read it is not damaged, but gone.
    if (!(await storage.read.templates.find(template.accountId, template.id))) return undefined;
    throw new Failure('internal', "The template's file no longer has the hash that was recorded, and is not used.", { cause: error });
  }
}
