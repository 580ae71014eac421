import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import SqliteFile from 'better-sqlite3';
import type { CeremonyField, CeremonyView } from '../../../shared/signing/ceremony.ts';
import { ceremonyPath } from '../../../shared/signing/ceremony.ts';
import type { FieldValue } from '../../../shared/signing/fields.ts';
import { call, type StartedPlatform } from '../../start-platform.ts';
import { toldOf } from './told.ts';

/** What tests of envelopes begin with: documents, requests, and signers who sign. */

export const envelopesPath = '/api/v2/partner/envelopes';

/** A PDF with a page per text. */
export async function pdfOf(...texts: readonly string[]): Promise<Buffer> {
  const document = await PDFDocument.create();
  for (const text of texts) document.addPage([595, 842]).drawText(text, { x: 60, y: 760, size: 14 });
  return Buffer.from(await document.save());
}

export const inBase64 = (bytes: Uint8Array, filename = 'lease.pdf') => ({
  filename,
  content_base64: Buffer.from(bytes).toString('base64'),
});

/** A request that is accepted; `over` changes what a test is about. */
export const request = async (over: Record<string, unknown> = {}): Promise<Record<string, unknown>> => ({
  customer_email: 'ada@shop.example',
  customer_name: 'Ada Nordin',
  document: inBase64(await pdfOf('Lease of berth 7')),
  ...over,
});

export const partner = (platform: StartedPlatform, method: string, path: string, body?: unknown, key = platform.keys.loyva) =>
  call(platform, method, path.startsWith('/') ? path : `${envelopesPath}${path && `/${path}`}`, { 'X-API-Key': key }, body);

export interface EnvelopeData extends Record<string, unknown> {
  readonly envelope_id: string;
  readonly status: string;
  readonly vaulted: boolean;
  readonly signers: readonly { email: string; name: string; role: string | null; status: string }[];
}

export const dataOf = <T = EnvelopeData>(answer: { json: Record<string, unknown> }): T => answer.json.data as T;

/** Makes an envelope; its id. */
export async function create(platform: StartedPlatform, over: Record<string, unknown> = {}): Promise<string> {
  const answer = await partner(platform, 'POST', '', await request(over));
  assert.equal(answer.status, 201, answer.text);
  return dataOf(answer).envelope_id;
}

/** A signer in the ceremony, let in by an embed token. */
export async function signerOf(platform: StartedPlatform, id: string, email: string) {
  const minted = await partner(platform, 'POST', '/api/v2/embed/token', { envelope_id: id, user_email: email, widget_type: 'sign' });
  assert.equal(minted.status, 200, minted.text);
  return ceremonyWith(platform, dataOf<{ token: string }>(minted).token);
}

/** Calls of the ceremony with this token. */
export const ceremonyWith =
  (platform: StartedPlatform, token: string) =>
  (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(platform, method, ceremonyPath + path, { Authorization: `Bearer ${token}`, ...headers }, body);

const answers: Readonly<Record<string, FieldValue>> = {
  signature: { kind: 'typed', text: 'Ada Nordin' },
  initials: { kind: 'typed', text: 'AN' },
  name: { kind: 'text', text: 'Ada Nordin' },
  text: { kind: 'text', text: 'Berth 7' },
  checkbox: { kind: 'checked', checked: true },
};

export const answersTo = (fields: readonly CeremonyField[]): Record<string, FieldValue> =>
  Object.fromEntries(
    fields.flatMap(({ id, type, mine }) => {
      const value = answers[type];
      return mine && value ? [[id, value]] : [];
    }),
  );

/** One signer reads, agrees, answers everything and finishes. */
export async function sign(platform: StartedPlatform, id: string, email: string): Promise<void> {
  const ceremony = await signerOf(platform, id, email);
  const done = async (answer: ReturnType<typeof ceremony>): Promise<CeremonyView> => {
    const { status, json, text } = await answer;
    assert.equal(status, 200, text);
    return json as CeremonyView;
  };
  const { consent } = await done(ceremony('GET', ''));
  const { fields } = await done(ceremony('POST', '/consent', { version: consent.version, sha256: consent.sha256, agreed: true }));
  await done(ceremony('PUT', '/fields', { values: answersTo(fields) }));
  const { document, revision, today } = await done(ceremony('GET', ''));
  await done(ceremony('POST', '/finish', { document_sha256: document.sha256, revision, date: today }));
}

/** Everybody signs, in order, and the platform seals it. */
export async function complete(platform: StartedPlatform, id: string): Promise<void> {
  const { signers } = dataOf(await partner(platform, 'GET', id));
  for (const { email } of signers) await sign(platform, id, email);
  await platform.runJobs();
  const { status } = dataOf(await partner(platform, 'GET', id));
  assert.equal(status, 'completed');
}

/** Rows of platform.db. */
export function rows<T>(platform: { dataDir: string }, sql: string, ...values: readonly unknown[]): T[] {
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'), { readonly: true });
  try {
    return db.prepare(sql).all(...values) as T[];
  } finally {
    db.close();
  }
}

/** Changes platform.db behind the platform's back, as a trigger or a lost row would. */
export function meddle(platform: { dataDir: string }, sql: string): void {
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'));
  db.exec(sql);
  db.close();
}

/** The history of an envelope, as a second reader opens it. */
export const eventsOf = (platform: { dataDir: string; key: Uint8Array }, id: string) =>
  toldOf(platform, id).map(({ kind, signer_id, detail }) => ({ kind, signer_id, detail }));
