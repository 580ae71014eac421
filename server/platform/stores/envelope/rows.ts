import type { Insertable, Selectable } from 'kysely';
import { firstPlace, plainForm } from '../../domain/creation/field-request.ts';
import type { Envelope, EnvelopeEvent, EnvelopeField, Pass, Reminders, Signer, SignerState } from '../../domain/records/envelope.ts';
import { compliance, ended, envelopeDocument, keptFile, provenance, readRecord, release } from '../../domain/records/evidence.ts';
import type { EnvelopeState } from '../../domain/records/moves.ts';
import type { EnvelopeTables } from '../schema/envelope.ts';

/** How envelopes and what belongs to them are written in rows, and read from them. */

export type EnvelopeRow = Omit<Selectable<EnvelopeTables['envelopes']>, 'wrapped_key' | 'status' | 'acknowledge_by'>;
type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Reads evidence of an envelope out of a column. */
type ReadEvidence = <T>(of: string, schema: Parameters<typeof readRecord<T>>[1], text: string) => T;
const trusted: ReadEvidence = <T>(_of: string, _schema: unknown, text: string) => JSON.parse(text) as T;

/** An envelope among others, as it was written: one that is damaged must not keep a list, or a job, from the rest. */
export const envelopeOf = (row: EnvelopeRow): Envelope => readEnvelope(row, trusted);
/** An envelope by itself; DamagedRecord where what is evidence was changed. */
export const soundEnvelopeOf = (row: EnvelopeRow): Envelope => readEnvelope(row, readRecord);

function readEnvelope(row: EnvelopeRow, reading: ReadEvidence): Envelope {
  const evidence = <T>(name: string, schema: Parameters<typeof readRecord<T>>[1], text: string | null): T | null =>
    text === null ? null : reading(`${row.id}, ${name},`, schema, text);
  return {
    id: row.id,
    accountId: row.account_id,
    customerId: row.customer_id,
    kind: row.kind as Envelope['kind'],
    templateId: row.template_id,
    name: row.name,
    externalId: row.external_id,
    locale: row.locale,
    metadata: JSON.parse(row.metadata) as Record<string, string>,
    message: row.message,
    order: row.signing_order as Envelope['order'],
    requiredReading: row.required_reading === 1,
    reminders: read<Reminders>(row.reminders),
    remindAt: row.remind_at,
    state: row.state as EnvelopeState,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    finishedAt: row.finished_at,
    completedAt: row.completed_at,
    vaultedAt: row.vaulted_at,
    ended: evidence('ended', ended, row.ended),
    document: evidence('document', envelopeDocument, row.document),
    sealed: evidence('sealed', keptFile, row.sealed),
    copy: evidence('copy', keptFile, row.copy),
    custody: evidence('custody', keptFile, row.custody),
    controller: row.controller,
    release: evidence('release', release, row.release),
    compliance: evidence('compliance', compliance, row.compliance),
  };
}

/** The columns that can change after an envelope was made; what it is does not. */
export const envelopeChange = (it: Changes<Envelope>): Partial<Insertable<EnvelopeTables['envelopes']>> =>
  given({
    state: it.state,
    updated_at: it.updatedAt,
    expires_at: it.expiresAt,
    remind_at: it.remindAt,
    finished_at: it.finishedAt,
    completed_at: it.completedAt,
    vaulted_at: it.vaultedAt,
    ended: written(it.ended),
    document: it.document ? JSON.stringify(it.document) : undefined,
    sealed: written(it.sealed),
    copy: written(it.copy),
    custody: written(it.custody),
    controller: it.controller,
    release: written(it.release),
    compliance: written(it.compliance),
  });

export const envelopeRow = (it: Envelope): EnvelopeRow => ({
  id: it.id,
  account_id: it.accountId,
  customer_id: it.customerId,
  kind: it.kind,
  template_id: it.templateId,
  name: it.name,
  external_id: it.externalId,
  locale: it.locale,
  metadata: JSON.stringify(it.metadata),
  message: it.message,
  signing_order: it.order,
  required_reading: Number(it.requiredReading),
  reminders: written(it.reminders),
  remind_at: it.remindAt,
  state: it.state,
  created_at: it.createdAt,
  updated_at: it.updatedAt,
  expires_at: it.expiresAt,
  finished_at: it.finishedAt,
  completed_at: it.completedAt,
  vaulted_at: it.vaultedAt,
  ended: written(it.ended),
  // The column takes no null; JSON's is a text.
  document: JSON.stringify(it.document),
  sealed: written(it.sealed),
  copy: written(it.copy),
  custody: written(it.custody),
  controller: it.controller,
  release: written(it.release),
  compliance: written(it.compliance),
});

export const signerOf = (row: Selectable<EnvelopeTables['signers']>): Signer => ({
  id: row.id,
  envelopeId: row.envelope_id,
  name: row.name,
  email: row.email,
  role: row.role,
  position: row.position,
  state: row.state as SignerState,
  consentedAt: row.consented_at,
  signedAt: row.signed_at,
  reached: row.reached === null ? null : readRecord(`the signer ${row.id}`, provenance, row.reached),
  pagesSeen: JSON.parse(row.pages_seen) as number[],
  revision: row.revision,
  savedAt: row.saved_at,
  remindedAt: row.reminded_at,
  timeZone: row.time_zone,
});

export const signerRow = (it: Signer, ordinal: number, emailKey: string): Selectable<EnvelopeTables['signers']> => ({
  id: it.id,
  envelope_id: it.envelopeId,
  ordinal,
  name: it.name,
  email: it.email,
  email_key: emailKey,
  role: it.role,
  position: it.position,
  state: it.state,
  consented_at: it.consentedAt,
  signed_at: it.signedAt,
  reached: written(it.reached),
  pages_seen: JSON.stringify(it.pagesSeen),
  revision: it.revision,
  saved_at: it.savedAt,
  reminded_at: it.remindedAt,
  time_zone: it.timeZone,
});

/** Answers are kept by `answer` alone, so that each counts the revision up. */
export const signerChange = (it: Changes<Signer>): Partial<Insertable<EnvelopeTables['signers']>> =>
  given({
    state: it.state,
    consented_at: it.consentedAt,
    signed_at: it.signedAt,
    reached: written(it.reached),
    pages_seen: it.pagesSeen && JSON.stringify(it.pagesSeen),
    reminded_at: it.remindedAt,
    time_zone: it.timeZone,
  });

/** What `form` holds of a field: all but what has a column of its own. */
type StoredForm = Pick<EnvelopeField, 'places' | 'name' | 'multiline' | 'maxLength' | 'options' | 'exportValue'>;

/** A field of the first versions is a plain one. */
export const fieldOf = ({ type, required, ...row }: Selectable<EnvelopeTables['fields']>): EnvelopeField => ({
  ...plainForm({ ...row, type: type as EnvelopeField['type'], required: required === 1 }),
  ...read<StoredForm>(row.form),
  id: row.id,
  envelopeId: row.envelope_id,
  signerId: row.signer_id,
  value: read<NonNullable<EnvelopeField['value']>>(row.value),
});

export const fieldRow = (field: EnvelopeField, ordinal: number): Selectable<EnvelopeTables['fields']> => {
  const { id, type, required, label, value, places, name, multiline, maxLength, options, exportValue } = field;
  const { page, x, y, width, height } = firstPlace(field);
  const form: StoredForm = { places, name, multiline, maxLength, options, exportValue };
  return {
    ...{ id, type, page, x, y, width, height, label, ordinal },
    envelope_id: field.envelopeId,
    signer_id: field.signerId,
    required: Number(required),
    value: written(value),
    form: JSON.stringify(form),
  };
};

/** `told` is what people may read of it; nothing where it was erased. */
export const eventOf = (
  row: Selectable<EnvelopeTables['envelope_events']>,
  told: Pick<EnvelopeEvent, 'reached' | 'detail' | 'by'> | undefined,
): EnvelopeEvent => ({
  id: row.id,
  envelopeId: row.envelope_id,
  at: row.at,
  kind: row.kind,
  signerId: row.signer_id,
  reached: told?.reached ?? null,
  detail: told?.detail ?? null,
  by: told?.by ?? null,
  erased: told === undefined,
});

export const passOf = (row: Selectable<EnvelopeTables['passes']>): Pass => ({
  hash: row.hash,
  kind: row.kind as Pass['kind'],
  envelopeId: row.envelope_id,
  signerId: row.signer_id,
  accountId: row.account_id,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

const read = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));

export function written(value: object | null): string | null;
export function written(value: object | null | undefined): string | null | undefined;
export function written(value: object | null | undefined): string | null | undefined {
  return value ? JSON.stringify(value) : value;
}

const given = <T extends object>(change: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T;
