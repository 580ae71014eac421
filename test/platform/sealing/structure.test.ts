import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import type { Mark, SealJob } from '../../../server/platform/domain/files/documents.ts';
import { openBrowser } from '../../browser.ts';
import { tool } from '../../tools.ts';
import { assertSealed, documentOf, judges, textsByPdfJs } from '../world/judges.ts';
import { faultsOfStructure, structuresByPdfJs, untaggedOn } from './structure-judges.ts';
import { at, facts, hash, marks, strokes } from './structure-marks.ts';

const identity = await makeAuthority(Date.now());
const documents = openDocuments({ identity: () => identity });
let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  await documents.close();
});

const sealedOf = async (job: Pick<SealJob, 'source' | 'pages'> & Partial<SealJob>): Promise<Uint8Array> =>
  works.seal({ marks, facts, reason: 'Sealed', identity, at: Date.parse(at), ...job });

const html = `<!doctype html><html lang="sv"><title>Hyresavtal</title>
<h1>Hyresavtal</h1><p>Parterna är överens om <b>allt</b>.</p><ul><li>Båten<li>Platsen</ul>
<table><tr><th>Sak<th>Pris<tr><td>Båt<td>10 kr</table><img alt="En karta" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><rect width='40' height='40'/></svg>">
<h2 style="break-before:page">Underskrifter</h2><p>Skriv under här:</p><div><section><p>Sist.</p></section></div></html>`;

async function printed(tagged: boolean): Promise<Uint8Array> {
  const page = await browser.newPage();
  await page.setContent(html);
  const bytes = await page.pdf({ tagged, format: 'A4' });
  await page.close();
  return bytes;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The lines in this order, whatever lies between them. */
function assertInOrder(lines: readonly string[], wanted: readonly string[]): void {
  let from = 0;
  for (const line of wanted) {
    const found = lines.indexOf(line, from);
    assert.ok(found >= 0, `${line} is not there after line ${from}:\n${lines.slice(from, from + 30).join('\n')}`);
    from = found + 1;
  }
}

test('a tagged file that Chromium printed keeps its structure when it is sealed, with every answer and the completion pages in it', async (t) => {
  const judge = judges(t);
  const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
  if (!judge || !pdfinfo) return;
  const upload = await printed(true);
  const taken = await documents.of('one').takeIn(upload);
  const sealed = await sealedOf({ source: taken.bytes, pages: taken.pages });
  assertSealed(judge, sealed, identity);
  const path = judge.keep('sealed.pdf', sealed);
  assert.match(pdfinfo(path), /Tagged: +yes/);
  const before = linesOf(pdfinfo('-struct-text', judge.keep('upload.pdf', upload)));
  const after = linesOf(pdfinfo('-struct-text', path));
  assertInOrder(after, before);
  assertInOrder(after, [
    'Figure "Lessee signs here":',
    'Form "Date of signing of Ada Nordin"',
    '"2026-11-21"',
    '"Underskrifter"',
    '"Sist."',
    'Form "Full name (printed)"',
    '"Ada Nordin"',
    'Form "Insured"',
    'Form "Initials"',
    '"AN"',
    'Part "Completion record"',
    'H1 (block)',
    '"Completion record Lease of berth 7 "',
    'Table (block)',
    'TR',
    '"Asked for by "',
    'TD',
    '"Harbor Leasing "',
    'H2 (block)',
    '"Parties "',
    'H3 (block)',
    '"Ada Nordin "',
    'Table (block)',
    '"In a session that the sender opened for them; the sender says who they are "',
    'H2 (block)',
    '"What happened "',
    'Table (block)',
    '"Time, UTC "',
    '"Signed "',
    '"Signer number 60 Reported by the platform "',
    'H2 (block)',
    '"Hashes "',
  ]);
  assert.equal(after.filter((line) => line.startsWith('Table')).length, before.filter((line) => line.startsWith('Table')).length + 6);
  assert.match(judge.qpdf('--json', path), /"\/Lang": "u:sv"/);
  assert.deepEqual(faultsOfStructure(judge, sealed), []);
  assert.equal(untaggedOn(judge, sealed, 3), '');
});

test('pdf.js finds the same on each page: the answers under their labels, the completion pages in English', async () => {
  const taken = await documents.of('one').takeIn(await printed(true));
  const before = await structuresByPdfJs(taken.bytes);
  const after = await structuresByPdfJs(await sealedOf({ source: taken.bytes, pages: taken.pages }));
  assert.ok(after.length > 4);
  for (const [i, page] of before.entries()) assertInOrder(linesOf(after[i] ?? ''), linesOf(page));
  assertInOrder(linesOf(after[0] ?? ''), ['Figure (Signature of Ada Nordin)', 'Form "2026-11-21"']);
  assertInOrder(linesOf(after[1] ?? ''), ['Form "Ada Nordin"', 'Form (Insured: checked)', 'Form "AN"']);
  assertInOrder(linesOf(after[2] ?? ''), ['Part [en]', 'H1 "Completion recordLease of berth 7"', 'Table', 'TR', 'TH ^Row "Asked for by"']);
  for (const page of after.slice(2)) assert.match(page, /^ *Part \[en\]$/m);
  assert.match(after.slice(2).join('\n'), /TH \^Column "Time, UTC"/);
});

test('a copy keeps the structure; the mark across its pages is no part of it', async (t) => {
  const judge = judges(t);
  const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
  if (!judge || !pdfinfo) return;
  const taken = await documents.of('one').takeIn(await printed(true));
  const sealed = await sealedOf({ source: taken.bytes, pages: taken.pages });
  const copy = await works.copy({ sealed, sealedSha256: hash, watermark: 'Copy of env_01', reason: 'Copy', identity, at: Date.now() });
  assertSealed(judge, copy, identity);
  const structure = (bytes: Uint8Array): string => pdfinfo('-struct-text', judge.keep('structure.pdf', bytes));
  assert.equal(structure(copy), structure(sealed));
  assert.match((await textsByPdfJs(copy))[0] ?? '', /Copy of env_01/);
  assert.match(pdfinfo(judge.keep('copy.pdf', copy)), /Tagged: +yes/);
  assert.deepEqual(faultsOfStructure(judge, copy), []);
  assert.equal(untaggedOn(judge, copy, 3), '');
});

test('of an untagged file only the completion pages have a structure, and it does not call itself tagged', async (t) => {
  const judge = judges(t);
  const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
  if (!judge || !pdfinfo) return;
  const taken = await documents.of('one').takeIn(await printed(false));
  const sealed = await sealedOf({ source: taken.bytes, pages: taken.pages });
  assertSealed(judge, sealed, identity);
  const path = judge.keep('sealed.pdf', sealed);
  assert.match(pdfinfo(path), /Tagged: +no/);
  assert.deepEqual(linesOf(pdfinfo('-struct-text', path)).slice(0, 4), [
    'Document',
    'Part "Completion record"',
    'H1 (block)',
    '"Completion record Lease of berth 7 "',
  ]);
  const catalog = JSON.parse(judge.qpdf('--json', path)).qpdf[1];
  assert.equal(catalog[`obj:${catalog.trailer.value['/Root']}`].value['/Lang'], undefined);
  const pages = await structuresByPdfJs(sealed);
  assert.deepEqual(pages.slice(0, 2), ['Root', 'Root']);
  for (const page of pages.slice(2)) assert.match(page, /Part \[en\]/);
  assert.deepEqual(faultsOfStructure(judge, sealed), []);
  assert.equal(untaggedOn(judge, sealed, 3), '');
});

test('without completion pages an untagged file gets no structure at all', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const { bytes: source, pages } = await documentOf(['The lease is agreed.', 'The second page.']);
  const sealed = await sealedOf({ source, pages, facts: null });
  assert.doesNotMatch(judge.qpdf('--json', judge.keep('sealed.pdf', sealed)), /StructTreeRoot|StructParents|MarkInfo/);
});

for (const tagged of [true, false])
  test(`a page to sign on is tagged, and so is what is signed there, in ${tagged ? 'a tagged' : 'an untagged'} file`, async (t) => {
    const judge = judges(t);
    const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
    if (!judge || !pdfinfo) return;
    const taken = await documents.of('one').takeIn(await printed(tagged));
    const signers = ['Ada Nordin', 'Bo Lindqvist'].map((name) => ({ signer: name, name, role: null }));
    const { file, fields } = await documents.of('one').addSignaturePage(taken, { title: 'Lease of berth 7', signers });
    const signed = fields.map(({ signer, label, required, ...place }): Mark => {
      const value =
        place.type === 'signature' ? { kind: 'drawn' as const, strokes } : { kind: 'text' as const, text: `${signer}, ${place.type}` };
      return { ...place, label, signer, value };
    });
    const sealed = await sealedOf({ source: file.bytes, pages: file.pages, marks: signed });
    assertSealed(judge, sealed, identity);
    assertInOrder(linesOf(pdfinfo('-struct-text', judge.keep('sealed.pdf', sealed))), [
      'Document',
      'Sect "Signatures"',
      '"Signatures Lease of berth 7 "',
      'H2 (block)',
      '"Bo Lindqvist "',
      '"Date "',
      'Figure "Signature of Ada Nordin":',
      'Form "Name of Ada Nordin"',
      '"Ada Nordin, name"',
      'Form "Date of signing of Bo Lindqvist"',
      'Part "Completion record"',
    ]);
    assert.deepEqual(faultsOfStructure(judge, sealed), []);
    assert.equal(untaggedOn(judge, file.bytes, 3), '');
  });

test('a custody record is tagged, in English, and shown by its title', async (t) => {
  const judge = judges(t);
  const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
  if (!judge || !pdfinfo) return;
  const { envelope, sender, ...rest } = facts;
  const custody = {
    envelope: { ...envelope, customer_id: 'cust_1' },
    vaulted_at: at,
    origin: 'esign' as const,
    authoritative: { sha256: hash, size: 1, pages: 2 },
    copy: { sha256: hash, size: 1 },
    controller: { id: 'acc_1', name: sender },
    signers: rest.signers,
    events: rest.events,
  };
  const bytes = await works.custody({ facts: custody, reason: 'Custody', identity, at: Date.now() });
  assertSealed(judge, bytes, identity);
  const path = judge.keep('custody.pdf', bytes);
  assert.match(pdfinfo(path), /Tagged: +yes/);
  assertInOrder(linesOf(pdfinfo('-struct-text', path)), [
    'Document',
    'Part "Custody record"',
    'H1 (block)',
    'H2 (block)',
    'Table (block)',
    'TR',
  ]);
  assert.match(judge.qpdf('--json', path), /"\/DisplayDocTitle": true/);
  assert.match(judge.qpdf('--json', path), /"\/Lang": "u:en"/);
  assert.deepEqual(faultsOfStructure(judge, bytes), []);
  assert.equal(untaggedOn(judge, bytes, 1), '');
});
