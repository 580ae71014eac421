import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PDFArray, PDFDocument, PDFName, PDFRef, StandardFonts } from '@cantoo/pdf-lib';
import { type ChangeKind, type Evidence, judge } from '../../server/evidence/judge.ts';
import { works } from '../../server/platform/documents/seal/work.ts';
import { anatomyOf, extended, identity, kindsOf, sealedFile, updated } from './stage.ts';

const sealed = await sealedFile();
const { object, catalog, pages, size, text, startxref, info } = anatomyOf(sealed);
const [page = 0] = pages;
const pageText = object(page);
const contents = Number(/\/Contents \[ ?(\d+) 0 R/.exec(pageText)?.[1]);
const font = Number(/\/Font <<\s*\/\S+ (\d+) 0 R/.exec(pageText)?.[1]);
const seal = Number(/\/Annots \[ ?(\d+) 0 R/.exec(pageText)?.[1]);
const empty = '<< /Length 0 >>\nstream\n\nendstream';

/** A sealed file that was prepared beforehand: what `prepare` hides in it waits for a later revision to bring it out. */
async function prepared(prepare: (document: PDFDocument) => void): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const one = document.addPage([595, 842]);
  one.drawText('You get 900.', { font: await document.embedFont(StandardFonts.Helvetica) });
  prepare(document);
  const source = await document.save({ useObjectStreams: false });
  const box = { box: [0, 0, 595, 842], rotate: 0, userUnit: 1 } as const;
  return works.seal({ source, pages: [box], marks: [], facts: null, reason: 'Sealed', identity, at: Date.now() });
}

/** The list of the first page's content streams. */
function contentsOf(document: PDFDocument): PDFArray {
  const list = document.getPage(0).node.get(PDFName.of('Contents'));
  assert.ok(list instanceof PDFArray);
  return list;
}

const simple: readonly { what: string; update: Parameters<typeof updated>[1]; kinds: readonly ChangeKind[] }[] = [
  { what: 'the content of a page is written anew', update: { objects: { [contents]: empty } }, kinds: ['page-content'] },
  {
    what: 'a font draws other letters',
    update: { objects: { [font]: '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>' } },
    kinds: ['page-content'],
  },
  { what: 'the content of a page is freed', update: { objects: { [contents]: null } }, kinds: ['page-content'] },
  {
    what: 'the seal is taken out of the form',
    update: { objects: { [catalog]: object(catalog).replace(/\/Fields \[[^\]]*\]/, '/Fields []') } },
    kinds: ['field-removed'],
  },
  {
    what: 'the seal is taken off the page',
    update: { objects: { [page]: pageText.replace(/\/Annots \[[^\]]*\]/, '/Annots []') } },
    kinds: ['annotation-removed'],
  },
  {
    what: 'the seal’s widget is shown',
    update: { objects: { [seal]: object(seal).replace(/\/Rect \[[^\]]*\]/, '/Rect [0 0 600 800]') } },
    kinds: ['field-changed'],
  },
  {
    what: 'an object has a new generation',
    update: { objects: { [contents]: empty }, entries: { [contents]: [0, 1] } },
    kinds: ['structure'],
  },
  { what: 'the cross-reference leads into nowhere', update: { objects: {}, entries: { [contents]: [17, 0] } }, kinds: ['structure'] },
  {
    what: 'a dictionary has a key twice',
    update: { objects: { [page]: extended(pageText, `/Contents [${size} 0 R]`), [size]: empty } },
    kinds: ['page-content', 'structure'],
  },
  {
    what: 'a second cross-reference is for some readers only',
    update: { objects: {}, trailer: `/Prev ${startxref} /XRefStm 20` },
    kinds: [],
  },
  {
    what: 'an object is written that no table names',
    update: { objects: { [size]: '42' }, stray: `${contents} 0 obj\n${empty}\nendobj\n` },
    kinds: ['structure', 'unused'],
  },
  {
    what: 'a comment hides an object from some readers',
    update: { objects: {}, stray: `%${contents} 0 obj ${empty.replaceAll('\n', ' ')} endobj\n` },
    kinds: ['structure'],
  },
  { what: 'an object is added that nothing leads to', update: { objects: { [size]: '42' } }, kinds: ['unused'] },
  {
    what: 'the trailer has another catalog',
    update: { objects: { [size]: object(catalog) }, trailer: `/Prev ${startxref} /Root ${size} 0 R` },
    kinds: [],
  },
];

for (const { what, update, kinds } of simple)
  test(`after the seal ${what}: not allowed`, () => {
    const evidence = judge(updated(sealed, update));
    assert.ok(['forbidden', 'unreadable', 'unsigned'].includes(evidence.verdict), `${evidence.verdict}`);
    for (const kind of kinds) assert.ok(kindsOf(evidence).includes(kind), `${kind} in ${kindsOf(evidence)}`);
  });

const forbids = (evidence: Evidence, kind: ChangeKind): void => {
  assert.equal(evidence.verdict, 'forbidden');
  assert.ok(kindsOf(evidence).includes(kind), `${kind} in ${kindsOf(evidence)}`);
};

test('an object inside of a stream that was signed, brought out by a later cross-reference, is named', async () => {
  let number = 0;
  const bytes = await prepared((document) => {
    const { context } = document;
    number = (contentsOf(document).get(0) as PDFRef).objectNumber;
    const hidden = `${number} 0 obj\n<< /Length 26 >>\nstream\nBT (You owe 900.) Tj ET    \nendstream\nendobj`;
    document.catalog.set(PDFName.of('Kept'), context.register(context.stream(hidden)));
  });
  const offset = Buffer.from(bytes).lastIndexOf(`${number} 0 obj\n<< /Length 26`);
  const evidence = judge(updated(bytes, { objects: {}, entries: { [number]: [offset, 0] } }));
  forbids(evidence, 'page-content');
  assert.ok(kindsOf(evidence).includes('structure'));
});

test('what a signed page refers to in vain is part of the page when it comes, even as validation data', async () => {
  const bytes = await prepared((document) => {
    contentsOf(document).push(PDFRef.of(90));
  });
  const is = anatomyOf(bytes);
  const later = {
    90: '<< /Length 9 >>\nstream\nBT ET q Q\nendstream',
    91: '<< /Certs [90 0 R] >>',
    [is.catalog]: extended(is.object(is.catalog), '/DSS 91 0 R'),
  };
  forbids(judge(updated(bytes, { objects: later })), 'page-content');
});

test('the length of a stream, kept apart, does not change what it says unseen', async () => {
  let length = 0;
  const bytes = await prepared((document) => {
    const { context } = document;
    const ref = context.register(context.obj(4));
    length = ref.objectNumber;
    const stream = context.stream('q Q\n% and then\n');
    stream.dict.set(PDFName.of('Length'), ref);
    contentsOf(document).push(context.register(stream));
  });
  const shorter = judge(updated(bytes, { objects: { [length]: '3' } }));
  assert.ok(['forbidden', 'unreadable'].includes(shorter.verdict), shorter.verdict);
});

test('bytes after the end, and a cross-reference that leads in a circle, are not taken for nothing', () => {
  const tail = judge(Buffer.concat([sealed, Buffer.from(`${contents} 0 obj\n${empty}\nendobj\n`)]));
  forbids(tail, 'structure');
  assert.equal(judge(Buffer.concat([sealed, Buffer.from('\n\n')])).verdict, 'allowed');
  const circle = judge(updated(sealed, { objects: { [info]: object(info) }, trailer: '/Prev 999999' }));
  assert.equal(circle.verdict, 'unreadable');
  const at = updated(sealed, { objects: {} }).lastIndexOf('xref\n', -20);
  const itself = judge(updated(sealed, { objects: {}, trailer: `/Prev ${at}` }));
  assert.deepEqual([itself.verdict, itself.revisions.length], ['unreadable', 0]);
});

test('a file that begins anew after the seal has lost it', () => {
  const whole = { [size]: '<< /Type /Catalog /Pages 2 0 R >>', 1: '<< >>', 2: '<< /Type /Pages /Kids [] /Count 0 >>' };
  const evidence = judge(updated(sealed, { objects: whole, trailer: `/Root ${size} 0 R` }));
  assert.ok(['unsigned', 'broken', 'unreadable'].includes(evidence.verdict), evidence.verdict);
  assert.match(text, /ByteRange/);
});
