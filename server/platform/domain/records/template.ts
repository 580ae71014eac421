import type { Listed, Wanted } from '../../../../shared/list.ts';
import type { Envelope, EnvelopeDocument } from './envelope.ts';
import type { FieldRequest } from './field.ts';

/** A document with its fields, of which envelopes are made. Its fields name roles; who has them is said by each envelope. */
export interface Template {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly order: Envelope['order'];
  readonly document: EnvelopeDocument;
  readonly fields: readonly FieldRequest[];
  readonly createdAt: number;
}
export type TemplateQuery = Wanted<readonly [createdAt: number, id: string]>;

/** What the platform keeps of templates, by account. */
export interface TemplateStore {
  add(template: Template, contentKey: Uint8Array): Promise<void>;
  find(accountId: string, id: string): Promise<Template | undefined>;
  /** Newest first. */
  list(accountId: string, query: TemplateQuery): Promise<Listed<Template>>;
  /** The key that its file is encrypted with, opened. */
  contentKey(accountId: string, id: string): Promise<Uint8Array | undefined>;
  /** Gone with its key, so that nobody can read its file again; the file is noted to be deleted. False when it was not there. */
  remove(accountId: string, id: string): Promise<boolean>;
}
