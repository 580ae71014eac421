import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createIntake } from '../../../server/platform/documents/intake/intake.ts';
import { Failure } from '../../../shared/problem.ts';
import { cleaned } from '../../fixtures/pdf/cleaned.ts';
import { formPdf } from '../../fixtures/pdf/form.ts';
import { type Tool, tool } from '../../tools.ts';

const intake = createIntake();
const folder = mkdtempSync(join(tmpdir(), 'one-picture-'));
after(async () => {
  await intake.close();
  rmSync(folder, { recursive: true });
});

/** Every name of the file, as qpdf reads it. */
function namesIn(qpdf: Tool, bytes: Uint8Array): Set<string> {
  const path = join(folder, 'names.pdf');
  writeFileSync(path, bytes);
  return new Set(qpdf('--json', '--json-key=qpdf', path).match(/"\/[^"]*"/g));
}

/** What a file that was taken in never has: it acts, is filled in, hides, is hidden, or lies beside the pages. */
const gone =
  'AcroForm AA JS JavaScript Launch SubmitForm ImportData GoToR GoToE Hide Named Movie SetOCGState EmbeddedFiles EF AF OC OCG OCProperties Thumb Widget Next Popup Alternates'
    .split(' ')
    .map((name) => `"/${name}"`);

for (const [name, [told, make]] of Object.entries(cleaned))
  test(`${name} is not in what is taken in, and its sender is told: ${told.join() || 'nothing'}`, async (context) => {
    const qpdf = tool(context, 'qpdf', 'qpdf');
    if (!qpdf) return;
    const { bytes, warnings } = await intake.takeIn(make());
    assert.deepEqual(
      warnings.map(({ code, pointer }) => [code, pointer]),
      told.map((code) => [code, '/document']),
    );
    const names = namesIn(qpdf, bytes);
    assert.deepEqual(
      gone.filter((one) => names.has(one)),
      [],
    );
    assert.ok(names.has('"/Catalog"'));
  });

test('a form becomes fields: what they are called, what they take, where they lie and what they say; nothing of it is left to fill in', async (context) => {
  const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
  const pdfinfo = tool(context, 'pdfinfo', 'poppler-utils');
  if (!pdftotext || !pdfinfo) return;
  const { bytes, fields, pages } = await intake.takeIn(await formPdf());
  const path = join(folder, 'form.pdf');
  writeFileSync(path, bytes);
  assert.match(pdfinfo(path), /^Form:\s+none$/m);
  const text = pdftotext(path, '-');
  for (const shown of ['Form of sale', 'Read only']) assert.ok(text.includes(shown), text);
  for (const value of ['Ada Lovelace', 'Not to be seen', 'A first line']) assert.ok(!text.includes(value), text);
  const seen = fields.map(({ places, ...field }) => ({ ...field, pages: places.map(({ page, option }) => [page, option]) }));
  const plain = {
    role: null,
    required: false,
    label: null,
    multiline: false,
    maxLength: null,
    options: null,
    exportValue: null,
    value: null,
  };
  const once = [[1, null]];
  assert.deepEqual(seen, [
    {
      ...plain,
      name: 'Buyer.name',
      type: 'text',
      required: true,
      label: 'Your full name',
      maxLength: 40,
      value: { kind: 'text', text: 'Ada Lovelace' },
      pages: once,
    },
    {
      ...plain,
      name: 'Buyer.remarks',
      type: 'text',
      multiline: true,
      value: { kind: 'text', text: 'A first line\nand a second' },
      pages: once,
    },
    { ...plain, name: 'Buyer.agree', type: 'checkbox', exportValue: 'Yes', value: { kind: 'checked', checked: true }, pages: once },
    {
      ...plain,
      name: 'pay',
      type: 'radio',
      options: [
        { value: 'card', label: 'card' },
        { value: 'invoice', label: 'invoice' },
      ],
      value: { kind: 'chosen', option: 'invoice' },
      pages: [
        [1, 'card'],
        [1, 'invoice'],
      ],
    },
    {
      ...plain,
      name: 'country',
      type: 'dropdown',
      options: ['Sweden', 'Norway'].map((value) => ({ value, label: value })),
      value: { kind: 'chosen', option: 'Norway' },
      pages: once,
    },
    { ...plain, name: 'Buyer.signature', type: 'signature', required: true, pages: once },
  ]);
  const [width, height] = [595, 842];
  const [place] = fields[0]?.places ?? [];
  assert.ok(pages.length === 1 && place);
  const points = [place.x * width, (1 - place.y - place.height) * height, place.width * width, place.height * height].map((n) =>
    Math.round(n),
  );
  assert.deepEqual(points, [100, 700, 200, 20]);
});

test('a form that is flattened looks as it did, with its values', async (context) => {
  const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
  const mutool = tool(context, 'mutool', 'mupdf-tools');
  if (!pdftotext || !mutool) return;
  const { bytes, fields, warnings } = await intake.takeIn(await formPdf(), { fields: 'flattened' });
  const path = join(folder, 'flat.pdf');
  writeFileSync(path, bytes);
  assert.deepEqual([fields, warnings], [[], []]);
  for (const text of [pdftotext('-layout', path, '-'), mutool('draw', '-q', '-F', 'text', path)]) {
    for (const value of ['Ada Lovelace', 'Read only', 'A first line', 'Norway']) assert.ok(text.includes(value), text);
    assert.ok(!text.includes('Not to be seen'), text);
  }
});

test('a value without a look is taken as a value, and refused where it would have to be drawn', async () => {
  const upload = await formPdf({ looks: false });
  const { fields } = await intake.takeIn(upload);
  assert.deepEqual(fields.find(({ name }) => name === 'Buyer.name')?.value, { kind: 'text', text: 'Ada Lovelace' });
  await assert.rejects(intake.takeIn(upload, { fields: 'flattened' }), (error) => {
    assert.ok(error instanceof Failure);
    assert.deepEqual(error.errors?.[0]?.params, { found: 'Widget', page: 1 });
    return true;
  });
});
