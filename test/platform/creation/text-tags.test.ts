import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createIntake } from '../../../server/platform/documents/intake/intake.ts';
import { showsIn } from '../../../server/platform/documents/pdf/content-shows.ts';
import { onePage, pdf, stream } from '../../fixtures/pdf/build.ts';
import { tool } from '../../tools.ts';

const intake = createIntake();
const folder = mkdtempSync(join(tmpdir(), 'tags-'));
after(async () => {
  await intake.close();
  rmSync(folder, { recursive: true });
});

const withContent = (content: string): Buffer => pdf(onePage('').map((body, i) => (i === 3 ? stream(content) : body)));

test('text tags become fields where they stood and are no longer in the text, however their letters are set', async (context) => {
  const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
  const mutool = tool(context, 'mutool', 'mupdf-tools');
  if (!pdftotext || !mutool) return;
  const content = [
    'BT /F1 12 Tf 72 700 Td (Signed by {{signature:Buyer}} on {{date:Buyer}}.) Tj',
    '0 -60 Td [(Name {{te) -20 (xt:Bu) 15 (yer:na) (me}} here)] TJ 14 TL',
    "(Again {{text:Buyer:name}} {{ checkbox : Seller : agree }} \\(end\\)) '",
    '1 2 ({{signature}} {{unknown:a}}) " ET',
  ].join('\n');
  const { bytes, fields, warnings } = await intake.takeIn(withContent(content));
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    fields.map(({ name, type, required, places }) => [name, type, required, places.map(({ page }) => page)]),
    [
      ['Buyer.signature', 'signature', true, [1]],
      ['Buyer.date_signed', 'date_signed', true, [1]],
      ['Buyer.name', 'text', true, [1, 1]],
      ['Seller.agree', 'checkbox', true, [1]],
      ['signature', 'signature', true, [1]],
    ],
  );
  // Helvetica's widths: "Signed by " is 56.7 points wide at 12.
  const [place] = fields[0]?.places ?? [];
  assert.ok(place && Math.abs(place.x * 612 - (72 + 56.7)) < 0.01, `${(place?.x ?? 0) * 612}`);
  assert.ok(Math.abs((1 - place.y - place.height) * 792 - (700 - 3)) < 0.01);
  const path = join(folder, 'tags.pdf');
  writeFileSync(path, bytes);
  const bare = (text: string): string => text.replace(/\s+/g, '');
  for (const text of [pdftotext('-layout', path, '-'), mutool('draw', '-q', '-F', 'text', path)])
    assert.equal(bare(text), 'Signedbyon.NamehereAgain(end){{unknown:a}}');
});

test('where the fields are the caller’s, tags are text as any other', async (context) => {
  const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
  if (!pdftotext) return;
  const { bytes, fields } = await intake.takeIn(withContent('BT /F1 12 Tf 72 700 Td (By {{signature:Buyer}}) Tj ET'), {
    fields: 'flattened',
  });
  assert.deepEqual(fields, []);
  const path = join(folder, 'text.pdf');
  writeFileSync(path, bytes);
  assert.match(pdftotext(path, '-'), /By \{\{signature:Buyer\}\}/);
});

test('tags that cannot be taken out of the page for certain are fields, and their sender is told that they are still seen', async () => {
  const picture = 'BI /W 1 /H 1 /CS /G /BPC 8 ID \u0001 EI';
  const { fields, warnings } = await intake.takeIn(withContent(`${picture} BT /F1 12 Tf 72 700 Td ({{signature:Buyer}}) Tj ET`));
  assert.deepEqual([fields.map(({ name }) => name), warnings.map(({ code }) => code)], [['Buyer.signature'], ['tags']]);
});

test('what operators show is read as it is written: escapes, octals, nested brackets, odd hexadecimal digits, comments and dictionaries', () => {
  const content = Buffer.from(
    '/Span <</ActualText (no)>> BDC (a\\(b\\051\\\n(c)\\n) Tj % (no) Tj\n<4 14> Tj [(x) -2.5 <42>] TJ EMC',
    'latin1',
  );
  const shown = showsIn(content)?.map(({ operator, items }) => [
    operator,
    items.map((item) => (typeof item === 'number' ? item : item.toString('latin1'))),
  ]);
  assert.deepEqual(shown, [
    ['Tj', ['a(b)(c)\n']],
    ['Tj', ['A@']],
    ['TJ', ['x', -2.5, 'B']],
  ]);
  assert.equal(showsIn(Buffer.from('(open Tj')), undefined);
});
