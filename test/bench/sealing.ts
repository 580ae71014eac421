import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { createPool, type Pool } from '../../server/platform/documents/pool.ts';
import { makeAuthority, type SealIdentity } from '../../server/platform/documents/seal/authority.ts';
import type { Facts, Mark, SealJob } from '../../server/platform/domain/files/documents.ts';
import { compare, median, type Row } from './world/harness.ts';

/** Stamping and sealing in a warm thread, beside a copy of the same file by qpdf in a process of its own. */
export async function sealing(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const pool = createPool(1);
  const identity = await makeAuthority(Date.now());
  const against = async (what: string, pages: number, facts: Facts | null, atMost: number): Promise<Row[]> => {
    const job = { ...(await jobOf(pages)), facts };
    const path = join(folder, `${pages}.pdf`);
    await writeFile(path, job.source);
    for (let i = 0; i < (pages > 100 ? 4 : 60); i++) await seal(pool, identity, job);
    const often = pages > 100 ? 3 : 25;
    return compare({
      what,
      unit: 'ms',
      ours: () => typical(often, () => seal(pool, identity, job)),
      yardsticks: [
        { name: 'qpdf copy', measure: () => typical(often, () => run('qpdf', [path, join(folder, 'copy.pdf')])), target: { atMost } },
      ],
    });
  };
  try {
    return [
      ...(await against('10 pages stamped and sealed, without completion pages', 10, null, 0.5)),
      ...(await against('10 pages stamped and sealed, with completion pages', 10, facts, 0.8)),
      ...(await against('500 pages stamped and sealed, with completion pages', 500, facts, 4)),
    ];
  } finally {
    await pool.close();
    await rm(folder, { recursive: true });
  }
}

const run = promisify(execFile);

const seal = (pool: Pool, identity: SealIdentity, job: SealJob): Promise<Uint8Array> =>
  pool.run('seal', { ...job, identity, at: Date.now() });

/** The median time of so many runs, in milliseconds. */
async function typical(often: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < often; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Pages of text, each with a drawn signature, a typed name in one of three scripts, a date and a tick. */
export async function jobOf(count: number): Promise<SealJob> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let page = 1; page <= count; page++) {
    const sheet = document.addPage([595, 842]);
    for (let line = 0; line < 40; line++)
      sheet.drawText(`Line ${line} of page ${page}: the parties agree on what is written here.`, {
        x: 60,
        y: 780 - line * 17,
        size: 11,
        font,
      });
  }
  const source = await document.save({ useObjectStreams: false });
  const box = { box: [0, 0, 595, 842], rotate: 0, userUnit: 1 } as const;
  return {
    source,
    pages: Array(count).fill(box),
    marks: Array.from({ length: count }, (_, i) => marksOn(i + 1)).flat(),
    facts: null,
    reason: 'Sealed',
  };
}

const names = ['Ada Nordin', 'Наталья Щербакова', 'محمد عبد العزيز'];
const strokes = [Array.from({ length: 90 }, (_, i) => [20 + i * 5, 100 + 60 * Math.sin(i / 6), i * 14, 0.5] as const)];

const marksOn = (page: number): Mark[] => [
  { type: 'signature', page, x: 0.1, y: 0.8, width: 0.4, height: 0.08, value: { kind: 'drawn', strokes } },
  { type: 'name', page, x: 0.1, y: 0.9, width: 0.4, height: 0.03, value: { kind: 'text', text: names[page % 3] ?? '' } },
  { type: 'date_signed', page, x: 0.6, y: 0.9, width: 0.2, height: 0.03, value: { kind: 'text', text: '2026-11-21' } },
  { type: 'checkbox', page, x: 0.05, y: 0.9, width: 0.03, height: 0.02, value: { kind: 'checked', checked: true } },
];

const hash = 'f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f';
const browser = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const at = (minute: number): string => `2026-11-21T10:${String(minute).padStart(2, '0')}:07.803Z`;

const facts: Facts = {
  envelope: {
    id: 'env_01j9zq8k3m4n5p6q7r8s9t0v1w',
    name: 'Equipment lease agreement',
    locale: null,
    created_at: at(1),
    completed_at: at(59),
  },
  sender: 'Harbor Leasing',
  document: { pages: 10, upload_sha256: hash, signed_sha256: hash },
  consent: {
    version: '2026-11',
    sha256: hash,
    paragraphs: ['You agree to receive, read and sign this document electronically. An electronic signature binds you as ink does.'],
  },
  signers: names.slice(0, 2).map((name) => ({
    name,
    email: 'ada@nordin-tryck.example',
    role: 'Lessee',
    consented_at: at(5),
    date_signed: null,
    time_zone: null,
    signed_at: at(9),
    assurance: 'partner-asserted',
    address: '2001:db8:85a3::8a2e:370:7334',
    user_agent: browser,
    reported_by: 'the key of Harbor Leasing',
  })),
  events: [
    'envelope.created',
    'envelope.sent',
    'signer.consented',
    'signer.read',
    'signer.signed',
    'signer.consented',
    'signer.signed',
  ].map((kind, i) => ({ at: at(i), kind, who: names[i % 2] ?? null, address: '198.51.100.24', reported_by: 'the platform', detail: null })),
};
