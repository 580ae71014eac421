import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { type CeremonyView, ceremonyPath } from '../../../shared/signing/ceremony.ts';
import type { FieldType, FieldValue } from '../../../shared/signing/fields.ts';
import { call, type StartedPlatform } from '../../start-platform.ts';

export const ada = { email: 'ada@nordin.example', name: 'Ada Nordin', role: 'Lessee' } as const;
export const jonas = { email: 'jonas@harbor.example', name: 'Jonas Ek', role: 'Lessor' } as const;

/** Three pages with room for fields. */
async function makeDocument(): Promise<string> {
  const file = await PDFDocument.create();
  const font = await file.embedFont(StandardFonts.TimesRoman);
  for (const number of [1, 2, 3]) file.addPage([595.28, 841.89]).drawText(`Lease, page ${number} of 3`, { x: 60, y: 60, size: 11, font });
  return Buffer.from(await file.save()).toString('base64');
}
const content_base64 = await makeDocument();

interface Wanted {
  readonly signers?: readonly { email: string; name: string; role: string }[];
  /** Of every signer: on the last page, one below the other, a column for each signer. */
  readonly fields?: readonly FieldType[];
  readonly more?: Record<string, unknown>;
}

/** An envelope that has been sent; every signer has the same fields, all required. */
export async function sendEnvelope(platform: StartedPlatform, { signers = [ada], fields = ['signature'], more = {} }: Wanted = {}) {
  const made = await call(platform, 'POST', '/api/v2/partner/envelopes', partner(platform), {
    customer_email: ada.email,
    customer_name: ada.name,
    envelope_name: 'Equipment lease agreement',
    document: { filename: 'lease.pdf', content_base64 },
    signers,
    fields: signers.flatMap(({ email }, column) =>
      fields.map((type, row) => ({
        type,
        signer: email,
        page: 3,
        x: 0.02 + 0.33 * column,
        y: 0.05 + 0.12 * row,
        width: 0.3,
        height: 0.05,
        required: true,
      })),
    ),
    ...more,
  });
  if (made.status !== 201) throw new Error(made.text);
  return (made.json.data as { envelope_id: string }).envelope_id;
}

export const partner = (platform: StartedPlatform) => ({ 'X-API-Key': platform.keys.loyva });

/** Asks the vendor API about one envelope. */
export const ask = (platform: StartedPlatform, method: string, id: string, path = '', body?: unknown) =>
  call(platform, method, `/api/v2/partner/envelopes/${id}${path}`, partner(platform), body);

export async function embedToken(platform: StartedPlatform, envelope_id: string, user_email: string): Promise<string> {
  const body = { envelope_id, user_email, widget_type: 'sign' };
  const made = await call(platform, 'POST', '/api/v2/embed/token', partner(platform), body);
  if (made.status !== 200) throw new Error(made.text);
  return (made.json.data as { token: string }).token;
}

/** The token of a new signing link. */
export async function linkToken(platform: StartedPlatform, id: string, email: string): Promise<string> {
  const { json } = await ask(platform, 'GET', id, '/signing-links');
  const link = (json.data as { email: string; signing_url: string }[]).find((each) => each.email === email);
  return new URL(link?.signing_url ?? '').hash.slice(1);
}

export type Signer = ReturnType<typeof signerWith>;

/** A signer's client, as the signing view would use it. */
export function signerWith(platform: { url: string }, token: string, headers: Record<string, string> = {}) {
  const send = (method: string, path: string, body?: unknown) =>
    call(platform, method, `${ceremonyPath}${path}`, { Authorization: `Bearer ${token}`, ...headers }, body);
  const read = async (): Promise<CeremonyView> => {
    const { status, json, text } = await send('GET', '');
    if (status !== 200) throw new Error(text);
    return json as CeremonyView;
  };
  return {
    send,
    read,
    async consent() {
      const { consent } = await read();
      return send('POST', '/consent', { version: consent.version, sha256: consent.sha256, agreed: true });
    },
    save: (values: Record<string, FieldValue | null>) => send('PUT', '/fields', { values }),
    /** Answers every field of one's own that has no answer. */
    async fill() {
      const { fields } = await read();
      const open = fields.filter((field) => field.mine && field.value === null);
      return send('PUT', '/fields', { values: Object.fromEntries(open.map(({ id, type }) => [id, sample(type)])) });
    },
    async finish(change: Record<string, unknown> = {}) {
      const { document, revision, today } = await read();
      return send('POST', '/finish', { document_sha256: document.sha256, revision, date: today, ...change });
    },
    decline: (reason: string) => send('POST', '/decline', { reason }),
  };
}

export const drawn: FieldValue = {
  kind: 'drawn',
  strokes: [
    [
      [20, 120, 0, 0.5],
      [90, 40, 80, 0.5],
      [160, 130, 160, 0.5],
    ],
  ],
};

function sample(type: FieldType): FieldValue {
  if (type === 'signature' || type === 'initials') return drawn;
  if (type === 'checkbox') return { kind: 'checked', checked: true };
  return { kind: 'text', text: 'Managing director' };
}

/** Consent, answers and finish in one go. */
export async function signAll(signer: Signer) {
  await signer.consent();
  await signer.fill();
  return signer.finish();
}
