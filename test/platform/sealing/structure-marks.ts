import type { Facts, Mark } from '../../../server/platform/domain/files/documents.ts';

export const strokes = [Array.from({ length: 30 }, (_, i) => [20 + i * 15, 100 + 60 * Math.sin(i / 3), i * 14, 0.5] as const)];
const by = { signer: 'Ada Nordin' };
export const marks: readonly Mark[] = [
  {
    type: 'signature',
    page: 1,
    x: 0.1,
    y: 0.5,
    width: 0.4,
    height: 0.08,
    value: { kind: 'drawn', strokes },
    label: 'Lessee signs here',
    ...by,
  },
  {
    type: 'date_signed',
    page: 1,
    x: 0.6,
    y: 0.5,
    width: 0.2,
    height: 0.04,
    value: { kind: 'text', text: '2026-11-21' },
    label: null,
    ...by,
  },
  {
    type: 'name',
    page: 2,
    x: 0.1,
    y: 0.3,
    width: 0.4,
    height: 0.04,
    value: { kind: 'text', text: 'Ada Nordin' },
    label: 'Full name (printed)',
    ...by,
  },
  {
    type: 'checkbox',
    page: 2,
    x: 0.1,
    y: 0.4,
    width: 0.04,
    height: 0.03,
    value: { kind: 'checked', checked: true },
    label: 'Insured',
    ...by,
  },
  { type: 'initials', page: 2, x: 0.7, y: 0.9, width: 0.2, height: 0.05, value: { kind: 'typed', text: 'AN' } },
];

export const hash = 'f0e1d2c3b4a59687'.repeat(4);
export const at = '2026-11-21T12:06:32.417Z';
export const facts: Facts = {
  envelope: { id: 'env_01', name: 'Lease of berth 7', locale: null, created_at: at, completed_at: at },
  sender: 'Harbor Leasing',
  document: { pages: 2, upload_sha256: hash, signed_sha256: hash },
  consent: { version: '2026-11', sha256: hash, paragraphs: ['Signing on screen', 'You agree to sign on screen.'] },
  signers: ['Ada Nordin', 'Bo Lindqvist'].map((name) => ({
    name,
    email: 'ada@nordin.example',
    role: 'Lessee',
    consented_at: at,
    signed_at: at,
    date_signed: '2026-11-21',
    time_zone: 'Europe/Stockholm',
    assurance: 'partner-asserted',
    address: '198.51.100.24',
    user_agent: `Mozilla/5.0 ${'(a very long browser)'.repeat(20)}`,
    reported_by: 'the key of Harbor Leasing',
  })),
  events: Array.from({ length: 60 }, (_, i) => ({
    at,
    kind: 'signer.signed',
    who: `Signer number ${i + 1}`,
    address: null,
    reported_by: 'the platform',
    detail: null,
  })),
};
