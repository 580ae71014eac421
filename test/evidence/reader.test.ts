import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { judge } from '../../server/evidence/judge.ts';
import { documentOf, judges } from '../platform/world/judges.ts';
import { kindsOf, sealedFile, signedOnTop, updated, withValidationData } from './stage.ts';

const sealed = await sealedFile();
const later = withValidationData(sealed);

test('files with object streams, predictors and two cross-reference sections are read as plain ones are', async (t) => {
  const strangers = judges(t);
  if (!strangers) return;
  const { bytes } = await documentOf(['The lease is agreed.', 'The second page.']);
  for (const how of [
    ['--object-streams=generate'],
    ['--linearize'],
    ['--linearize', '--object-streams=generate'],
    ['--compress-streams=n'],
  ]) {
    const path = strangers.keep('written.pdf', bytes);
    strangers.qpdf('--replace-input', ...how, path);
    const signed = await signedOnTop(readFileSync(path), { level: 1 });
    const { verdict, reason, signatures, revisions } = judge(signed);
    assert.deepEqual([verdict, reason, signatures[0]?.covers, revisions.length], ['allowed', null, 'file', 2], how.join(' '));
    const twice = judge(await signedOnTop(signed));
    assert.deepEqual([twice.verdict, kindsOf(twice).includes('signature-added')], ['forbidden', true], how.join(' '));
    assert.match(strangers.pdfsig('-nocert', strangers.keep('signed.pdf', signed)), /- Total document signed/);
  }
});

test('a file without a signature is said to have none; what is no PDF, or encrypted, is not read', async (t) => {
  const { bytes } = await documentOf(['Nothing signed.']);
  assert.deepEqual([judge(bytes).verdict, judge(bytes).signatures], ['unsigned', []]);
  for (const rubbish of ['', '%PDF-1.7', 'hello', '%PDF-1.7\nstartxref\n0\n%%EOF', '%PDF-1.7\nstartxref\n99999999999\n%%EOF'])
    assert.equal(judge(Buffer.from(rubbish)).verdict, 'unreadable', rubbish);
  const strangers = judges(t);
  if (!strangers) return;
  const path = strangers.keep('closed.pdf', bytes);
  strangers.qpdf('--replace-input', '--encrypt', '', 'owner', '256', '--', path);
  assert.deepEqual([judge(readFileSync(path)).verdict, judge(readFileSync(path)).reason], ['unreadable', 'The file is encrypted.']);
});

test('no changed, cut or doubled byte makes it throw, or is allowed where it is signed', () => {
  const end = sealed.length;
  const from = Buffer.from(sealed).indexOf('/Contents <');
  const to = Buffer.from(sealed).indexOf('>', from);
  const change = fc.record({ at: fc.nat(later.length - 1), with: fc.integer({ min: 1, max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(3), (changes, how) => {
      const bytes = Uint8Array.from(later);
      for (const { at, with: mask } of changes) bytes[at] = (bytes[at] ?? 0) ^ mask;
      const last = changes[0]?.at ?? 0;
      const given = [bytes, bytes.subarray(0, last), Buffer.concat([bytes, bytes.subarray(last)]), bytes][how] ?? bytes;
      const { verdict } = judge(given);
      // The signature's own string is not signed, and validation data are nobody's word.
      const isSigned = changes.some(({ at }) => at < end && (at < from || at > to));
      if (isSigned && how !== 1) assert.notEqual(verdict, 'allowed');
    }),
    { numRuns: 1_500 },
  );
});

test('a file that would take long to read is given up soon', () => {
  const bomb = deflateSync(Buffer.alloc(200 * 1024 * 1024));
  const stream = (entries: string, data: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`%PDF-1.7\n1 0 obj\n<< ${entries} /Length ${data.length} >>\nstream\n`),
      data,
      Buffer.from('\nendstream\nendobj\nstartxref\n9\n%%EOF\n'),
    ]);
  const table = (rows: string): Buffer => Buffer.from(`%PDF-1.7\nxref\n${rows}trailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n`);
  const began = performance.now();
  const files = [
    stream('/Type /XRef /Root 1 0 R /W [1 4 2] /Size 99999999 /Filter /FlateDecode', bomb),
    stream('/Type /XRef /Root 1 0 R /W [0 0 1] /Index [0 999999999] /Size 9 ', Buffer.alloc(3_000_000)),
    table('0 999999999\n'),
    table(`0 1200000\n${'0000000001 00000 n \n'.repeat(1_200_000)}`),
    updated(sealed, { objects: { 50: '['.repeat(1_000_000) } }),
    updated(sealed, { objects: { 50: `[${'[] '.repeat(3_000_000)}]` } }),
  ];
  for (const file of files) assert.notEqual(judge(file).verdict, 'allowed');
  // Two hundred million zeros inflate in half a second; unlimited, these files would take hours.
  assert.ok(performance.now() - began < 60_000);
});
