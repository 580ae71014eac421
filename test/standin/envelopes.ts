import { randomBytes } from 'node:crypto';

/** Every status the vendor documents (contracts 6); there is none for after vault-out. */
export const statuses = [
  'pending',
  'uploaded',
  'preparing',
  'sent',
  'viewed',
  'completed',
  'vaulted',
  'declined',
  'voided',
  'expired',
] as const;
export type Status = (typeof statuses)[number];

export interface Signer {
  readonly email: string;
  readonly name: string;
  readonly role: string;
  signed: boolean;
}

/** An envelope as the vendor has it inside. */
export interface Envelope {
  readonly id: string;
  readonly org: string;
  readonly kind: 'esign' | 'paper';
  readonly customerId: string;
  readonly templateId: string | null;
  readonly createdAt: number;
  updatedAt: number;
  status: Status;
  readonly signers: Signer[];
  /** The file that was signed, or the paper that was uploaded. */
  file: Buffer | undefined;
  /** Since when vault-in is under way. */
  vaulting: boolean;
  released: boolean;
}

const characters = (count: number): string => randomBytes(count).toString('hex').slice(0, count);
export const idOf = (prefix: 'env' | 'cust' | 'tmpl' | 'org'): string => `${prefix}_${characters(12)}`;

/** States in which an envelope can still be cancelled, and those in which it is signed. */
export const voidable: ReadonlySet<Status> = new Set(['pending', 'uploaded', 'preparing', 'sent', 'viewed']);
export const signable: ReadonlySet<Status> = new Set(['sent', 'viewed']);

const iso = (ms: number): string => new Date(ms).toISOString();

/** A row of the list. `external_id` is a field of answers only: what a request said of it was never read. `region` is documented nowhere. */
export const listed = (envelope: Envelope) => ({
  envelope_id: envelope.id,
  envelope_name: envelope.kind === 'paper' ? 'Paper contract' : 'Contract',
  status: envelope.status,
  customer_id: envelope.customerId,
  external_id: null,
  created_at: iso(envelope.createdAt),
  updated_at: iso(envelope.updatedAt),
  region: 'eu-1',
});

/** One envelope: no signer is named. */
export const detailed = (envelope: Envelope) => ({
  ...listed(envelope),
  template_id: envelope.templateId,
  vaulted: envelope.status === 'vaulted',
  compliant: envelope.status === 'vaulted',
  metadata: {},
  revision_tag: `r-${envelope.updatedAt}`,
});

export const statusOf = ({ id, status }: Envelope) => ({ envelope_id: id, status, vaulted: status === 'vaulted' });

/** A one-page PDF that says what it is. */
export function pdfOf(words: string): Buffer {
  const text = `BT /F1 14 Tf 60 760 Td (${words.replace(/[()\\]/g, '')}) Tj ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>',
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    `<</Length ${text.length}>>stream\n${text}\nendstream`,
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((body, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj${body}endobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer<</Size ${size}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF`;
  return Buffer.from(file, 'latin1');
}
