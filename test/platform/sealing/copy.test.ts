import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import type { CopyJob, Facts } from '../../../server/platform/domain/files/documents.ts';
import { tool } from '../../tools.ts';
import { assertSealed, documentOf, judges, textsByPdfJs } from '../world/judges.ts';

const identity = await makeAuthority(Date.now());
const at = '2026-11-21T12:06:32.417Z';
const hash = '0123456789abcdef'.repeat(4);
const facts: Facts = {
  envelope: { id: 'env_01', name: 'Lease', locale: null, created_at: at, completed_at: at },
  sender: 'Harbor Leasing',
  document: { pages: 2, upload_sha256: hash, signed_sha256: hash },
  consent: { version: '2026-11', sha256: hash, paragraphs: ['You agree to sign on screen.'] },
  signers: [],
  events: [],
};

async function sealedFile(): Promise<{ bytes: Uint8Array; sha256: string }> {
  const { bytes: source, pages } = await documentOf(['The lease is agreed.', 'The second page.']);
  const value = { kind: 'text', text: 'Ada Nordin' } as const;
  const marks = [{ type: 'name', page: 1, x: 0.1, y: 0.4, width: 0.4, height: 0.04, value } as const];
  const bytes = await works.seal({ source, pages, marks, facts, reason: 'Sealed', identity, at: Date.now() });
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const copyOf = ({ bytes, sha256 }: { bytes: Uint8Array; sha256: string }): CopyJob => ({
  sealed: bytes,
  sealedSha256: sha256,
  watermark: 'Copy of env_01 (Lease 😀), authoritative copy held by Harbor Leasing',
  reason: `Copy of the file with SHA-256 ${sha256}`,
});

test('a copy is a file of its own: sealed once, marked on every page, and every judge agrees', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const documents = openDocuments({ identity: () => identity });
  t.after(documents.close);
  const sealed = await sealedFile();
  const copy = await documents.of('one').copy(copyOf(sealed));
  assertSealed(judge, copy.bytes, identity);
  assert.notEqual(copy.sha256, sealed.sha256);
  const path = judge.keep('copy.pdf', copy.bytes);
  assert.match(judge.qpdf('--json', path), new RegExp(`"/Reason": "u:Copy of the file with SHA-256 ${sealed.sha256}"`));
  const texts = await textsByPdfJs(copy.bytes);
  assert.equal(texts.length, 3);
  for (const [i, text] of texts.entries()) {
    assert.match(text, /COPY/);
    assert.match(text, /Copy of env_01 \(Lease \[U\+1F600\]\), authoritative copy held by Harbor Leasing/);
    assert.match(judge.pdftotext('-f', String(i + 1), '-l', String(i + 1), path, '-'), /authoritative copy held by Harbor Leasing/);
  }
  assert.match(texts[0] ?? '', /The lease is agreed\./);
  assert.match(texts[0] ?? '', /Ada Nordin/);
});

test('nothing of the seal or of what was attached is left in a copy', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const sealed = await sealedFile();
  const copy = await works.copy({ ...copyOf(sealed), identity, at: Date.now() });
  const path = judge.keep('copy.pdf', copy);
  assert.match(judge.pdfdetach('-list', path), /0 embedded files/);
  const objects = judge.qpdf('--json', path);
  assert.equal(objects.match(/"\/SubFilter"/g)?.length, 1);
  assert.equal(objects.match(/"\/FT": "\/Sig"/g)?.length, 1);
  assert.doesNotMatch(objects, /EmbeddedFile|Filespec|"\/AF"/);
  assert.equal(Buffer.from(copy).toString('latin1').split('%%EOF').length, 2);
  // The end of it is what the key made; the beginning is certificates, which both have.
  const signature = (bytes: Uint8Array): string =>
    /\/Contents <([0-9a-f]+)>/.exec(Buffer.from(bytes).toString('latin1'))?.[1]?.replace(/0+$/, '').slice(-120) ?? '';
  assert.equal(signature(sealed.bytes).length, 120);
  assert.ok(!Buffer.from(copy).includes(signature(sealed.bytes)));
});

test('the watermark leaves what is under it to be read', async (t) => {
  const judge = judges(t);
  const pdftoppm = judge && tool(t, 'pdftoppm', 'poppler-utils');
  const convert = pdftoppm && tool(t, 'convert', 'imagemagick');
  if (!judge || !pdftoppm || !convert) return;
  const sealed = await sealedFile();
  const darkest = (name: string, bytes: Uint8Array): number => {
    pdftoppm('-q', '-r', '36', '-f', '2', '-l', '2', '-gray', '-singlefile', judge.keep(`${name}.pdf`, bytes), `${judge.folder}/${name}`);
    // The middle of the second page, where there is nothing but the word.
    return Number(convert(`${judge.folder}/${name}.pgm`, '-gravity', 'center', '-crop', '60%x40%+0+0', '-format', '%[fx:minima]', 'info:'));
  };
  assert.equal(darkest('sealed', sealed.bytes), 1);
  const covered = darkest('copy', await works.copy({ ...copyOf(sealed), identity, at: Date.now() }));
  assert.ok(covered > 0.8 && covered < 0.95, `the word is as dark as ${covered}`);
});
