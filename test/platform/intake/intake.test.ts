import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createIntake } from '../../../server/platform/documents/intake/intake.ts';
import { startLimitedChild } from '../../../server/platform/documents/intake/limited-child.ts';
import { readPages } from '../../../server/platform/documents/intake/reading.ts';
import { type RefusalCode, refusalCodes, sentenceOf } from '../../../server/platform/documents/pdf/refusals.ts';
import { Failure } from '../../../shared/problem.ts';
import { type Body, catalog, line, onePage, page, pages, pdf, stream } from '../../fixtures/pdf/build.ts';
import { refused } from '../../fixtures/pdf/refused.ts';
import { eventually } from '../../start-gateway.ts';
import { tool } from '../../tools.ts';

const intake = createIntake();
const folder = mkdtempSync(join(tmpdir(), 'intake-'));
after(async () => {
  await intake.close();
  rmSync(folder, { recursive: true });
});

/** The page's content drawn under a graphics state. */
const withState = (body: Body, state: string): Body => {
  if (typeof body !== 'string') return body.includes('BT') ? stream(`/G0 gs ${line('Pay 100')}`) : body;
  return body.replace('/Resources<<', `/Resources<</ExtGState<</G0 ${state}>>`);
};

/** One line in a font that is not in the file, by Adobe's map of UTF-16 to Chinese glyphs. */
const chinese = (text: string): Buffer =>
  pdf([
    catalog(),
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    page(),
    stream(`BT /F1 24 Tf 72 700 Td <${Buffer.from(text, 'utf16le').swap16().toString('hex')}> Tj ET`),
    '<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[6 0 R]>>',
    '<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 7 0 R>>',
    '<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>',
  ]);

const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/pdf/${name}`, import.meta.url));

async function assertRefused(upload: Uint8Array, code: RefusalCode, by = intake): Promise<void> {
  await assert.rejects(by.takeIn(upload), (error) => {
    assert.ok(error instanceof Failure, String(error));
    const [fault, ...more] = error.errors ?? [];
    const { found, page } = fault?.params ?? {};
    const message = sentenceOf(code, found as string | undefined, page as number | undefined);
    assert.deepEqual([error.code, error.detail, more], ['document-refused', message, []]);
    assert.deepEqual([fault?.pointer, fault?.code, fault?.message], ['/document', code, message]);
    return true;
  });
}

for (const [name, [code, make]] of Object.entries(refused)) test(`${name} is refused: ${code}`, () => assertRefused(make(), code));

for (const [name, user, owner] of [
  ['a password to open', 'open', 'owner'],
  ['restrictions only', '', 'owner'],
] as const)
  test(`a document with ${name} is refused: encrypted`, async (context) => {
    const qpdf = tool(context, 'qpdf', 'qpdf');
    if (!qpdf) return;
    const [plain, locked] = [join(folder, 'plain.pdf'), join(folder, 'locked.pdf')];
    writeFileSync(plain, pdf(onePage('Pay 100')));
    qpdf('--encrypt', user, owner, '256', '--', plain, locked);
    await assertRefused(readFileSync(locked), 'encrypted');
  });

test('every reason has a sentence of its own, which says what was found, where, and what to do', () => {
  const told = refusalCodes.map((code) => sentenceOf(code, 'Highlight', 3));
  assert.equal(new Set(told).size, told.length);
  for (const sentence of told) assert.match(sentence, /^[A-Z].*\. .*upload that\.$/);
  assert.match(sentenceOf('look', 'Highlight', 3), /Highlight on page 3/);
  assert.match(sentenceOf('active', 'RichMedia', 3), /RichMedia\) on page 3/);
});

test('what is taken in is clean for qpdf, hashed, and says where its pages lie', async (context) => {
  const qpdf = tool(context, 'qpdf', 'qpdf');
  if (!qpdf) return;
  const upload = pdf(onePage('Pay 100', { page: '/Rotate -90/UserUnit 2', box: '/MediaBox[612 792 0 0]/CropBox[10 10 600 700]' }));
  const taken = await intake.takeIn(upload);
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  assert.deepEqual([taken.sha256, taken.uploadSha256], [hash(taken.bytes), hash(upload)]);
  assert.deepEqual(taken.pages, [{ box: [10, 10, 600, 700], rotate: 270, userUnit: 2 }]);
  const path = join(folder, 'taken.pdf');
  writeFileSync(path, taken.bytes);
  assert.match(qpdf('--check', path), /No syntax or stream encoding errors/);
  assert.deepEqual((await intake.takeIn(upload)).sha256, taken.sha256, 'the same upload gives the same bytes');
});

for (const [name, make] of Object.entries({
  'a page with a link to a web site': () =>
    pdf(onePage('Pay 100', { page: '/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.com/)>>>>]' })),
  'an empty signature field': () =>
    pdf(
      onePage('Pay 100', {
        catalog: '/AcroForm<</Fields[6 0 R]>>',
        page: '/Annots[6 0 R]',
        more: ['<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 0 0]>>'],
      }),
    ),
  'a font under the name of a script': () => pdf(onePage('Pay 100').map((body) => body.toString('latin1').replace('/F1', '/JS'))),
  'a graphics state whose keys stand in another order than a rewrite gives them': () =>
    pdf(onePage('Pay 100').map((body) => withState(body, '<</ca 1/BM/Normal/AIS false/LW 2>>'))),
  'a blank page, whose content is a compressed stream of no bytes': () =>
    pdf(onePage('').map((body, index) => (index === 3 ? stream(Buffer.alloc(0), '/Filter/FlateDecode') : body))),
  'a scan': () => fixture('scan-jbig2.pdf'),
  '500 pages': () => pages(500),
}))
  test(`${name} is taken in`, async () => {
    const { pages } = await intake.takeIn(make());
    assert.ok(pages.length === 1 || pages.length === 500);
  });

test('texts in fonts with a predefined character map are told apart', async () => {
  const [one, other] = await Promise.all(
    ['人民币一百元', '人民币九百元'].map(async (text) => (await readPages(chinese(text), { drawing: true }))[0]),
  );
  assert.deepEqual([one?.text, other?.text], ['人民币一百元', '人民币九百元']);
  assert.notEqual(one?.drawing, other?.drawing);
  await intake.takeIn(chinese('人民币一百元'));
});

test('a scan is a picture that stays readable: two readers draw the same page from the upload and from what is taken in', async (context) => {
  const pdftoppm = tool(context, 'pdftoppm', 'poppler-utils');
  const mutool = tool(context, 'mutool', 'mupdf-tools');
  const compare = tool(context, 'convert', 'imagemagick');
  if (!pdftoppm || !mutool || !compare) return;
  const [before, taken] = [join(folder, 'scan.pdf'), join(folder, 'scan-taken.pdf')];
  writeFileSync(before, fixture('scan-jbig2.pdf'));
  writeFileSync(taken, (await intake.takeIn(fixture('scan-jbig2.pdf'))).bytes);
  for (const [index, path] of [before, taken].entries()) {
    pdftoppm('-gray', '-r', '75', '-singlefile', path, join(folder, `poppler${index}`));
    mutool('draw', '-q', '-r', '75', '-c', 'gray', '-o', join(folder, `mupdf${index}.pgm`), path);
  }
  const ink = (name: string) => Number(compare(join(folder, name), '-negate', '-format', '%[fx:mean]', 'info:'));
  const amounts = ['poppler0.pgm', 'poppler1.pgm', 'mupdf0.pgm', 'mupdf1.pgm'].map(ink);
  for (const amount of amounts) assert.ok(amount > 0.002 && amount < 0.05, `ink ${amounts}`);
  assert.deepEqual(readFileSync(join(folder, 'poppler0.pgm')), readFileSync(join(folder, 'poppler1.pgm')));
});

test('the result must begin each page with the text of its source', async () => {
  const source = pdf(onePage('Pay 100'));
  await intake.assertSameText(source, pdf(onePage('Pay 100 Ada Lovelace')));
  await assert.rejects(intake.assertSameText(source, pdf(onePage('Pay 900'))), /page 1 of 1/);
  await assert.rejects(intake.assertSameText(pages(2), pages(1)), /page 2 of 2/);
});

test('a page without a size is letter, as every reader has it, and says so from then on', async () => {
  const { pages, bytes } = await intake.takeIn(pdf(onePage('Pay 100', { box: '' })));
  assert.deepEqual(pages, [{ box: [0, 0, 612, 792], rotate: 0, userUnit: 1 }]);
  assert.match(Buffer.from(bytes).toString('latin1'), /MediaBox \[ 0 0 612 792 \]/);
});

test('a child gets no environment and may write nothing, and is gone when its file is read', async () => {
  process.env.INLAY_TEST_SECRET = 'a secret of the server';
  const child = startLimitedChild({ heapMb: 384, memoryMb: 768, timeMs: 20_000 });
  const shown = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'latin1').split('\0').filter(Boolean);
  // From the fork on until it has become another program it looks like this one. It goes when it has read a file, which comes afterwards.
  await eventually(async () => shown('cmdline').includes('--permission'));
  // What the shell and node add by themselves: the channel, and where they stand.
  const names = shown('environ').map((entry) => entry.split('=')[0]);
  assert.deepEqual(
    names.filter((name) => !/^(NODE_CHANNEL_\w+|PWD|OLDPWD|_|SHLVL)$/.test(name ?? '')),
    [],
  );
  assert.ok(!shown('cmdline').some((word) => word.startsWith('--allow') && !word.startsWith('--allow-fs-read=')));
  const upload = pdf(onePage('Pay 100'));
  assert.equal(
    (await child.ask({ kind: 'take-in', signed: 'refused', fields: 'become', upload, maxPages: 500, maxBytes: 1_000_000 })).kind,
    'taken-in',
  );
  await child.gone;
  assert.throws(() => shown('statm'), /ENOENT|ESRCH/);
  delete process.env.INLAY_TEST_SECRET;
});

test('a file waits for its turn, and is turned away where too many wait', async () => {
  const small = createIntake({ children: 1, waiting: 1 });
  const upload = pdf(onePage('Pay 100'));
  const answers = await Promise.allSettled([small.takeIn(upload), small.takeIn(upload), small.takeIn(upload)]);
  await small.close();
  assert.deepEqual(
    answers.map((answer) => (answer.status === 'fulfilled' ? 'taken in' : (answer.reason as Failure).code)),
    ['taken in', 'taken in', 'vendor-unavailable'],
  );
});

test('a file that takes too long is refused, and the next one is read', async () => {
  const hurried = createIntake({ timeMs: 1 });
  await assertRefused(pdf(onePage('Pay 100')), 'too-slow', hurried);
  await hurried.close();
  await intake.takeIn(pdf(onePage('Pay 100')));
});

test('a file that takes too much memory is refused, and names the limit', async (t) => {
  const narrow = createIntake({ memoryMb: 60 });
  t.after(() => narrow.close());
  await assert.rejects(narrow.takeIn(pages(500)), (error) => {
    assert.ok(error instanceof Failure);
    assert.deepEqual(error.errors?.[0]?.params, { found: 'memory' });
    return true;
  });
});
