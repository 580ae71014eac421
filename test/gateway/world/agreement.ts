import { randomUUID } from 'node:crypto';
import { PDFDocument, type PDFFont, StandardFonts } from '@cantoo/pdf-lib';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import type { CeremonyView } from '../../../shared/signing/ceremony.ts';
import type { FieldValue } from '../../../shared/signing/fields.ts';
import { eventually, type StartedGateway } from '../../start-gateway.ts';
import type { StartedPlatform } from '../../start-platform.ts';
import type { createVisitor } from '../../visitor.ts';
import { answered } from './answers.ts';

export type Visitor = Awaited<ReturnType<typeof createVisitor>>;

/** A document with these words on its pages. */
export async function pdfWith(...pages: string[]): Promise<Uint8Array> {
  const file = await PDFDocument.create();
  const font: PDFFont = await file.embedFont(StandardFonts.Helvetica);
  for (const words of pages) file.addPage([595, 842]).drawText(words, { x: 60, y: 760, size: 14, font });
  return file.save();
}

export const documentPath = (partnerId: string, name = 'agreement') => `/api/v1/admin/partners/${partnerId}/flow/documents/${name}`;

/** Puts a document of a partner, as its administrator does. */
export const putDocument = (gateway: StartedGateway, partnerId: string, bytes: Uint8Array, name = 'agreement', type = 'application/pdf') =>
  fetch(gateway.url + documentPath(partnerId, name), {
    method: 'PUT',
    headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': type },
    body: Buffer.from(bytes),
  });

/** A key for an act that must happen once. */
export const onceKey = () => ({ 'idempotency-key': randomUUID() });

/** The call of the ceremony, and its answer when it is 200. */
export const ceremony = async <T = CeremonyView>(visitor: Visitor, method: string, path = '', body?: unknown, headers = {}): Promise<T> =>
  answered<T>(visitor.call(method, `/embed/ceremony${path}`, body, headers));

const answers: Record<string, FieldValue> = {
  signature: { kind: 'typed', text: 'Ada Nordin' },
  initials: { kind: 'typed', text: 'AN' },
  name: { kind: 'text', text: 'Ada Nordin' },
  text: { kind: 'text', text: 'Pier 4' },
  checkbox: { kind: 'checked', checked: true },
};

/** Agrees to sign on screen. */
export async function consent(visitor: Visitor): Promise<CeremonyView> {
  const { version, sha256 } = (await ceremony(visitor, 'GET')).consent;
  return ceremony(visitor, 'POST', '/consent', { version, sha256, agreed: true }, onceKey());
}

/** Agrees, answers every field, and finishes. */
export async function sign(visitor: Visitor): Promise<CeremonyView> {
  const { fields } = await consent(visitor);
  const values = Object.fromEntries(
    fields.flatMap(({ id, type, mine }) => {
      const value = answers[type];
      return mine && value ? [[id, value]] : [];
    }),
  );
  await ceremony(visitor, 'PUT', '/fields', { values });
  const { document, revision, today } = await ceremony(visitor, 'GET');
  return ceremony(visitor, 'POST', '/finish', { document_sha256: document.sha256, revision, date: today }, onceKey());
}

/** Waits until the run's envelope is in that state; the platform's own work is done while waiting. */
export const signState = (visitor: Visitor, state: string, platform?: StartedPlatform): Promise<OnboardingView> =>
  eventually(async () => {
    await platform?.runJobs();
    const run = await visitor.run();
    return run.sign?.state === state && run;
  }, 60_000);
