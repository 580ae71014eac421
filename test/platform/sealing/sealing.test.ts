import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PDFDict, PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { createPool } from '../../../server/platform/documents/pool.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import type { Facts, Mark, SealJob } from '../../../server/platform/domain/files/documents.ts';
import { assertSealed, documentOf, judges, signedParts } from '../world/judges.ts';

const identity = await makeAuthority(Date.now());
const hash = '0123456789abcdef'.repeat(4);
const strokes = [Array.from({ length: 60 }, (_, i) => [20 + i * 7, 100 + 60 * Math.sin(i / 5), i * 20, 0.5] as const)];

const marks: readonly Mark[] = [
  { type: 'signature', page: 1, x: 0.1, y: 0.3, width: 0.4, height: 0.08, value: { kind: 'drawn', strokes } },
  { type: 'initials', page: 2, x: 0.7, y: 0.9, width: 0.2, height: 0.05, value: { kind: 'typed', text: 'AN' } },
  { type: 'date_signed', page: 1, x: 0.6, y: 0.3, width: 0.2, height: 0.04, value: { kind: 'text', text: '2026-11-21' } },
  {
    type: 'text',
    page: 2,
    x: 0.1,
    y: 0.3,
    width: 0.3,
    height: 0.1,
    value: { kind: 'text', text: 'Deliver to the back door,\nafter six.' },
  },
  { type: 'checkbox', page: 2, x: 0.1, y: 0.5, width: 0.03, height: 0.02, value: { kind: 'checked', checked: true } },
];

const facts: Facts = {
  envelope: {
    id: 'env_01',
    locale: null,
    name: 'Lease 😀 of a very long name that needs more than one line of the title to be told in full',
    created_at: '2026-11-20T09:12:00.000Z',
    completed_at: '2026-11-21T12:06:32.417Z',
  },
  sender: 'Harbor Leasing',
  document: { pages: 2, upload_sha256: hash, signed_sha256: hash },
  consent: { version: '2026-11', sha256: hash, paragraphs: ['You agree to sign on screen.'] },
  signers: [
    {
      name: 'Ada Nordin',
      email: 'ada@nordin.example',
      role: 'Lessee',
      consented_at: '2026-11-21T10:40:11.120Z',
      signed_at: '2026-11-21T10:42:07.803Z',
      date_signed: '2026-11-21',
      time_zone: 'Europe/Stockholm',
      assurance: 'partner-asserted',
      address: '198.51.100.24',
      user_agent: `Mozilla/5.0 ${'(a very long browser)'.repeat(20)}`,
      reported_by: 'the key of Harbor Leasing',
    },
  ],
  events: Array.from({ length: 60 }, (_, i) => ({
    at: '2026-11-21T10:42:07.803Z',
    kind: 'signer.signed',
    who: `Signer number ${i + 1}`,
    address: null,
    reported_by: 'the platform',
    detail: null,
  })),
};

const jobOf = async (changes: Partial<SealJob> = {}): Promise<SealJob> => {
  const { bytes, pages } = await documentOf(['The lease is agreed.', 'The second page.']);
  return { source: bytes, pages, marks, facts, reason: 'Sealed when everybody had signed', ...changes };
};
const sealedOf = async (job: SealJob): Promise<Uint8Array> => works.seal({ ...job, identity, at: Date.parse('2026-11-21T12:06:33Z') });

test('an uploaded document is signed, told of and sealed, and every judge agrees', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const documents = openDocuments({ identity: () => identity });
  t.after(documents.close);
  const { bytes } = await documentOf(['The lease is agreed.', 'The second page.']);
  const taken = await documents.of('one').takeIn(bytes);
  const sealed = await documents.of('one').seal({ ...(await jobOf()), source: taken.bytes, pages: taken.pages });
  assertSealed(judge, sealed.bytes, identity);
  const path = judge.keep('sealed.pdf', sealed.bytes);
  assert.equal(judge.openssl('dgst', '-sha256', '-r', path).slice(0, 64), sealed.sha256);
  const text = judge.pdftotext('-layout', path, '-');
  for (const words of ['The lease is agreed.', '2026-11-21', 'AN', 'Deliver to the back door,', 'after six.', 'ada@nordin.example'])
    assert.ok(text.includes(words), words);
  assert.match(text, /Lease \[U\+1F600\] of a very long name/);
  for (let i = 1; i <= 60; i++) assert.equal(text.match(new RegExp(`Signer number ${i}\\b`, 'g'))?.length, 1);
});

test('the facts are attached as JSON, the same bytes each time', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const [first, second] = await Promise.all([sealedOf(await jobOf()), sealedOf(await jobOf())]);
  const attached = (bytes: Uint8Array): string => {
    const path = judge.keep('sealed.pdf', bytes);
    assert.match(judge.pdfdetach('-list', path), /1: facts\.json/);
    judge.pdfdetach('-save', '1', '-o', join(judge.folder, 'facts.json'), path);
    return readFileSync(join(judge.folder, 'facts.json'), 'utf8');
  };
  assert.deepEqual(JSON.parse(attached(first)), facts);
  assert.equal(attached(first), attached(second));
  assert.match(judge.qpdf('--json', judge.keep('sealed.pdf', first)), /"\/AFRelationship": "\/Supplement"/);
});

test('without facts a document keeps its pages and nothing is attached', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const bytes = await sealedOf(await jobOf({ facts: null }));
  assertSealed(judge, bytes, identity);
  const path = judge.keep('sealed.pdf', bytes);
  assert.equal(judge.qpdf('--show-npages', path).trim(), '2');
  assert.match(judge.pdfdetach('-list', path), /0 embedded files/);
});

test('the signature is PAdES B-B: three attributes in the order of their bytes, no signing time, DocMDP P=1', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const bytes = await sealedOf(await jobOf());
  const { signature } = signedParts(bytes);
  const printed = judge.openssl('cms', '-cmsout', '-print', '-inform', 'DER', '-in', judge.keep('cms.der', signature));
  const attributes = printed.slice(printed.indexOf('signedAttrs:'), printed.indexOf('unsignedAttrs:'));
  assert.deepEqual(
    [...attributes.matchAll(/object: ([\w-]+) \(/g)].map(([, name]) => name),
    ['contentType', 'messageDigest', 'id-smime-aa-signingCertificateV2'],
  );
  assert.match(printed, /unsignedAttrs:\s+<ABSENT>/);
  assert.match(printed, /ecdsa-with-SHA256[^\n]*\n\s+parameter: <ABSENT>/);
  const objects = judge.qpdf('--json', judge.keep('sealed.pdf', bytes));
  assert.match(objects, /"\/TransformMethod": "\/DocMDP",\s+"\/TransformParams": \{\s+"\/P": 1/);
  assert.match(objects, /"\/M": "u:D:20261121120633Z"/);
  assert.match(objects, /"\/Reason": "u:Sealed when everybody had signed"/);
  assert.match(objects, /"\/SigFlags": 3/);
});

test('one changed byte anywhere, and the seal is broken', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const bytes = await sealedOf(await jobOf());
  const text = Buffer.from(bytes).toString('latin1');
  for (const place of [9, text.indexOf('/Root') + 7, text.lastIndexOf('%%EOF') - 2]) {
    const changed = Uint8Array.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    const { content, signature } = signedParts(changed);
    const parts = ['-in', judge.keep('cms.der', signature), '-content', judge.keep('content', content)];
    assert.throws(() => judge.openssl('cms', '-verify', '-inform', 'DER', '-binary', ...parts, '-noverify', '-out', '/dev/null'));
  }
});

test('a text that looks like the place of the signature is not taken for it', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const { bytes, pages } = await documentOf(['The lease is agreed.']);
  const document = await PDFDocument.load(bytes);
  const decoy = PDFString.of('/SubFilter /ETSI.CAdES.detached /ByteRange [0 9999999999 9999999999 9999999999] /Contents <00>');
  document.context.lookup(document.context.trailerInfo.Info, PDFDict).set(PDFName.of('Title'), decoy);
  const source = await document.save({ useObjectStreams: false });
  assertSealed(judge, await sealedOf({ source, pages, marks: [], facts: null, reason: '/ByteRange [0 1 2 3] <00>' }), identity);
});

test('a document gets pages to sign on, as many as its signers need, each with its fields', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const documents = openDocuments({ identity: () => identity });
  t.after(documents.close);
  const file = await documentOf(['Landscape.'], [842, 595]);
  const signers = Array.from({ length: 9 }, (_, i) => ({ signer: `s${i}`, name: `Name ${i}`, role: i % 2 ? `Role ${i}` : null }));
  const { file: longer, fields } = await documents.of('one').addSignaturePage(file, { title: 'Lease 😀', signers });
  const path = judge.keep('longer.pdf', longer.bytes);
  judge.qpdf('--check', path);
  assert.equal(judge.qpdf('--show-npages', path).trim(), String(longer.pages.length));
  assert.deepEqual(longer.pages.at(-1), { box: [0, 0, 842, 595], rotate: 0, userUnit: 1 });
  assert.deepEqual(
    fields.map(({ signer, type }) => `${signer} ${type}`),
    signers.flatMap(({ signer }) => ['signature', 'name', 'date_signed'].map((type) => `${signer} ${type}`)),
  );
  for (const { page, x, y, width, height } of fields) {
    assert.ok(page > 1 && page <= longer.pages.length);
    assert.ok(x >= 0 && y >= 0 && x + width <= 1 && y + height <= 1);
  }
  const overlapping = fields.filter((a) =>
    fields.some(
      (b) => a !== b && a.page === b.page && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
    ),
  );
  assert.deepEqual(overlapping, []);
});

test('a job that its thread does not survive fails alone, and the next one is done', async (t) => {
  const pool = createPool(1, { heapMb: 30 });
  t.after(pool.close);
  const events = Array.from({ length: 8_000 }, (_, i) => ({ ...(facts.events[0] as Facts['events'][0]), who: `Signer ${i}` }));
  const asked = { identity, at: Date.now() };
  const [fatal, next] = await Promise.allSettled([
    pool.run('seal', { ...(await jobOf({ facts: { ...facts, events } })), ...asked }),
    pool.run('seal', { ...(await jobOf()), ...asked }),
  ]);
  assert.equal(fatal.status, 'rejected');
  assert.equal(next.status, 'fulfilled');
});

test('what is wrong with a job is said, and its thread goes on', async (t) => {
  const pool = createPool(1);
  t.after(pool.close);
  const asked = { identity, at: Date.now() };
  await assert.rejects(pool.run('seal', { ...(await jobOf({ source: Buffer.from('not a PDF') })), ...asked }), /PDF/);
  await assert.rejects(pool.run('seal', { ...(await jobOf({ pages: [] })), ...asked }), /2 pages, not 0/);
  assert.ok((await pool.run('seal', { ...(await jobOf()), ...asked })).length > 0);
});

test('a job that takes too long is given up', async (t) => {
  const pool = createPool(1, { timeMs: 1 });
  t.after(pool.close);
  await assert.rejects(pool.run('seal', { ...(await jobOf()), identity, at: Date.now() }), /too long/);
});
