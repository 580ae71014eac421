import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { dropLostObjects } from '../../../server/platform/documents/pdf/lost-objects.ts';
import { written } from '../../../server/platform/documents/pdf/save.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import type { Mark } from '../../../server/platform/domain/files/documents.ts';
import { type Body, pdf, stream } from '../../fixtures/pdf/build.ts';
import { tool } from '../../tools.ts';
import { judges } from '../world/judges.ts';
import { faultsOfStructure, structuresByPdfJs, taggedPage, untaggedOn } from './structure-judges.ts';

const identity = await makeAuthority(Date.now());
const box = { box: [0, 0, 612, 792], rotate: 0, userUnit: 1 } as const;
const nameOn = (page: number): Mark => ({
  type: 'name',
  page,
  x: 0.1,
  y: 0.6,
  width: 0.4,
  height: 0.04,
  value: { kind: 'text', text: 'Ada Nordin' },
  label: 'Name',
});
const stamped = (source: Uint8Array, marks: readonly Mark[] = [nameOn(1)], pages = 1): Promise<Uint8Array> =>
  works.seal({ source, pages: Array(pages).fill(box), marks, facts: null, reason: 'Sealed', identity, at: Date.now() });

const heading = ['Root', ' Document', '  H1 "The lease"'];
const whole = [...heading, '  P "is agreed."', '  Form "Ada Nordin"'];
const inline = 'q 10 0 0 10 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q';
const words = (numbers: readonly [number, number]): string =>
  `/H1<</MCID ${numbers[0]}>>BDC BT /F1 24 Tf 72 700 Td (The lease) Tj ET EMC\n/P <</MCID ${numbers[1]}>> BDC BT /F1 12 Tf 72 600 Td (is agreed.) Tj ET EMC`;

const cases: Readonly<Record<string, { source: Uint8Array; lines: readonly string[]; loose?: true }>> = {
  'of a plain page': { source: taggedPage(), lines: whole },
  'of a page whose content becomes a form, since it has a picture in it': {
    source: taggedPage({ content: `${words([0, 1])}\n${inline}` }),
    lines: whole,
  },
  'of a page with content that the structure does not know': {
    source: taggedPage({ content: `${words([0, 1])}\n/P <</MCID 7>> BDC BT /F1 12 Tf 72 500 Td (Forgotten.) Tj ET EMC` }),
    lines: whole,
    loose: true,
  },
  'of a page with such content by a named list': {
    source: taggedPage({
      content: `${words([0, 1])}\n/P /M7 BDC BT /F1 12 Tf 72 500 Td (Forgotten.) Tj ET EMC`,
      page: '/Resources<</Font<</F1 5 0 R>>/Properties<</M7<</MCID 7>>>>>>',
    }),
    lines: whole,
    loose: true,
  },
  'of a page with a number that is no number of content': {
    source: taggedPage({ content: `${words([0, 1])}\n/P <</MCID 999999999>> BDC BT /F1 12 Tf 72 500 Td (Forgotten.) Tj ET EMC` }),
    lines: whole,
    loose: true,
  },
  'without a parent tree': { source: taggedPage({ root: '' }), lines: whole, loose: true },
  'with a parent tree of several levels': {
    source: taggedPage({
      root: '/ParentTree<</Kids[10 0 R]>>/ParentTreeNextKey 0',
      more: ['<</Limits[0 0]/Kids[11 0 R]>>', '<</Limits[0 0]/Nums[0 12 0 R]>>', '[8 0 R 9 0 R]'],
    }),
    lines: whole,
  },
  'whose root has several children': {
    source: pdf([
      '<</Type/Catalog/Pages 2 0 R/StructTreeRoot 6 0 R/MarkInfo<</Marked true>>>>',
      '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/StructParents 0>>',
      stream(words([0, 1])),
      '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
      '<</Type/StructTreeRoot/K[7 0 R 8 0 R]/ParentTree<</Nums[0[7 0 R 8 0 R]]>>/ParentTreeNextKey 1>>',
      '<</S/H1/P 6 0 R/Pg 3 0 R/K 0>>',
      '<</S/P/P 6 0 R/K<</Type/MCR/Pg 3 0 R/MCID 1>>>>',
    ]),
    lines: ['Root', ' H1 "The lease"', ' P "is agreed."', ' Form "Ada Nordin"'],
  },
};

for (const [what, { source, lines, loose }] of Object.entries(cases))
  test(`an answer comes after the structure ${what}`, async (t) => {
    const judge = judges(t);
    const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
    if (!judge || !pdfinfo) return;
    const sealed = await stamped(source);
    const path = judge.keep('sealed.pdf', sealed);
    judge.qpdf('--check', path);
    assert.deepEqual((await structuresByPdfJs(sealed))[0]?.split('\n'), lines);
    const said = pdfinfo('-struct-text', path).replace(/^ *\/.*\n/gm, '');
    assert.match(said, /H1 \(block\)\n *"The lease"\n *P \(block\)\n *"is agreed\."\n *Form "Name"\n *"Ada Nordin"/);
    if (!loose) assert.deepEqual(faultsOfStructure(judge, sealed), []);
  });

test('an answer on a page without a structure of its own comes after those of the pages before it', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const document = await PDFDocument.load(taggedPage());
  document.addPage([612, 792]);
  const sealed = await stamped(await document.save({ useObjectStreams: false }), [nameOn(2), nameOn(1)], 2);
  assert.deepEqual(faultsOfStructure(judge, sealed), []);
  assert.deepEqual(await structuresByPdfJs(sealed), [whole.join('\n'), 'Root\n Document\n  Form "Ada Nordin"']);
});

test('three hundred tagged pages keep their structure, and each gets its answer', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const count = 300;
  const at = (page: number): number => 6 + page * 3;
  const numbers = Array.from({ length: count }, (_, i) => i);
  const bodies = numbers.flatMap((page): Body[] => [
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents ${at(page) + 1} 0 R/Resources<</Font<</F1 3 0 R>>>>/StructParents ${page}>>`,
    stream(`/P<</MCID 0>>BDC BT /F1 12 Tf 72 600 Td (Page ${page + 1}) Tj ET EMC`),
    `<</S/P/P 5 0 R/Pg ${at(page)} 0 R/K 0>>`,
  ]);
  const source = pdf([
    '<</Type/Catalog/Pages 2 0 R/StructTreeRoot 4 0 R/MarkInfo<</Marked true>>>>',
    `<</Type/Pages/Kids[${numbers.map((page) => `${at(page)} 0 R`).join(' ')}]/Count ${count}>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    `<</Type/StructTreeRoot/K 5 0 R/ParentTree<</Nums[${numbers.map((page) => `${page}[${at(page) + 2} 0 R]`).join(' ')}]>>>>`,
    `<</S/Document/P 4 0 R/K[${numbers.map((page) => `${at(page) + 2} 0 R`).join(' ')}]>>`,
    ...bodies,
  ]);
  const sealed = await stamped(
    source,
    numbers.map((page) => nameOn(page + 1)),
    count,
  );
  assert.deepEqual(faultsOfStructure(judge, sealed), []);
  const pages = await structuresByPdfJs(sealed);
  for (const page of numbers) assert.equal(pages[page], `Root\n Document\n  P "Page ${page + 1}"\n  Form "Ada Nordin"`);
});

for (const [what, more] of Object.entries({
  'whose parents go round in a circle': ['<</S/P/P 9 0 R/Pg 3 0 R/K 1>>', '/ParentTree<</Nums[0[8 0 R 9 0 R]]>>'],
  'whose children go round in a circle': ['<</S/P/P 7 0 R/Pg 3 0 R/K[1 7 0 R 9 0 R]>>', '/ParentTree<</Nums[0[8 0 R 9 0 R]]>>'],
  'whose parent tree goes round in a circle': ['<</S/P/P 7 0 R/Pg 3 0 R/K 1>>', '/ParentTree 10 0 R'],
  'that is nothing but numbers': ['<</S/P/P 7 0 R/K[[[1]] (x) null]>>', '/ParentTree<</Nums[(a) 1 0 7 1]/Kids 3>>/RoleMap[/A]'],
} as const))
  test(`a structure ${what} does not keep a file from being sealed`, async (t) => {
    const judge = judges(t);
    if (!judge) return;
    const [paragraph, tree] = more;
    const circles = ['<</Kids[10 0 R 11 0 R]>>', '<</Kids[10 0 R]/Nums[0[8 0 R 9 0 R]]>>'];
    const source = taggedPage({ paragraph, root: tree, more: circles });
    const sealed = await stamped(source);
    judge.qpdf('--check', judge.keep('sealed.pdf', sealed));
    assert.match(judge.pdftotext(judge.keep('sealed.pdf', sealed), '-'), /Ada Nordin/);
  });

test('what was about an annotation that is gone leaves the structure, and nothing else does', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const link = '<</Type/Annot/Subtype/Link/Rect[72 600 200 620]/StructParent 1/A<</S/URI/URI(https://a.example/)>>>>';
  const widget = '<</Type/Annot/Subtype/Widget/Rect[72 500 200 520]/StructParent 2/P 3 0 R/FT/Tx/T(a)>>';
  const source = taggedPage({
    kids: '14 0 R',
    page: '/Annots[10 0 R]',
    root: '/ParentTree<</Nums[0[8 0 R 9 0 R]1 9 0 R 2 13 0 R]>>/ParentTreeNextKey 3',
    more: [
      link,
      widget,
      '<</Type/OBJR/Pg 3 0 R/Obj 11 0 R>>',
      '<</S/Form/P 14 0 R/K 12 0 R>>',
      '<</S/Sect/P 7 0 R/K[13 0 R 15 0 R]>>',
      '<</S/Form/P 14 0 R/K[<</Type/OBJR/Obj 99 0 R>><</Type/OBJR/Obj 10 0 R>>]>>',
    ],
  });
  const document = await PDFDocument.load(source);
  dropLostObjects(document);
  const path = judge.keep('kept.pdf', await written(document));
  const pdfinfo = tool(t, 'pdfinfo', 'poppler-utils');
  assert.equal(
    pdfinfo?.('-struct', path).replace(/Object \d+ 0/, 'Object'),
    'Document\n  H1 (block)\n  P (block)\n  Sect\n    Form\n      Object\n',
  );
  const [, key] = /"\/Nums": \[([^\]]*\][^\]]*)\]/s.exec(judge.qpdf('--json', path)) ?? [];
  assert.match(key ?? '', /\n\s+1,/);
  assert.doesNotMatch(key ?? '', /\n\s+2,/);
});

test('what intake draws into the page takes the place of its annotation in the structure; an empty field leaves it', async (t) => {
  const judge = judges(t);
  const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
  if (!judge || !pdfinfo) return;
  const look = (text: string): Body =>
    stream(`BT /F1 12 Tf 2 4 Td (${text}) Tj ET`, '/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 5 0 R>>>>');
  const widget = (number: number, name: string, more: string): string =>
    `<</Type/Annot/Subtype/Widget/FT/Tx/T(${name})/TU(${name} of the boat)/P 3 0 R/Rect[72 ${500 - number * 40} 272 ${520 - number * 40}]/F 4${more}>>`;
  const source = taggedPage({
    kids: '17 0 R 18 0 R',
    catalog: '/AcroForm<</Fields[10 0 R 11 0 R]/DR<</Font<</F1 5 0 R>>>>/DA(/F1 12 Tf)>>',
    page: '/Annots[10 0 R 11 0 R 12 0 R 13 0 R]',
    root: '/ParentTree<</Nums[0[8 0 R 9 0 R]1 17 0 R 2 18 0 R]>>/ParentTreeNextKey 3',
    more: [
      widget(1, 'Colour', '/Ff 1/V(Blue)/AP<</N 14 0 R>>/StructParent 1'),
      widget(2, 'Length', '/MK<</BC[0 0 1]>>/StructParent 2'),
      '<</Type/Annot/Subtype/Stamp/Contents(Draft)/P 3 0 R/Rect[72 300 272 320]/F 4/AP<</N 15 0 R>>>>',
      '<</Type/Annot/Subtype/Link/Rect[72 600 272 620]/F 4/Border[0 0 0]/A<</S/URI/URI(https://a.example/)>>>>',
      look('Blue'),
      look('Not yet agreed'),
      'null',
      '<</S/Form/P 7 0 R/K<</Type/OBJR/Pg 3 0 R/Obj 10 0 R>>>>',
      '<</S/Form/P 7 0 R/K[<</Type/OBJR/Pg 3 0 R/Obj 11 0 R>>]>>',
    ],
  });
  const documents = openDocuments({ identity: () => identity });
  t.after(documents.close);
  const taken = await documents.of('one').takeIn(source);
  assert.deepEqual(
    taken.fields.map(({ name }) => name),
    ['Length'],
  );
  assert.deepEqual(faultsOfStructure(judge, taken.bytes), []);
  assert.equal(untaggedOn(judge, taken.bytes, 1), '');
  const said = pdfinfo('-struct-text', judge.keep('taken.pdf', taken.bytes));
  assert.match(said, /"is agreed\."\n *Annot "Draft" \(inline\)\n *"Not yet agreed"\n *Form\n *"Blue"\n$/);
  assert.match(judge.qpdf('--json', judge.keep('taken.pdf', taken.bytes)), /"\/Desc": "u:Colour of the boat"/);
  const sealed = await stamped(taken.bytes);
  assert.deepEqual(faultsOfStructure(judge, sealed), []);
  assert.deepEqual((await structuresByPdfJs(sealed))[0]?.split('\n'), [
    ...heading,
    '  P "is agreed."',
    '  Annot "Not yet agreed"',
    '  Form "Blue"',
    '  Form "Ada Nordin"',
  ]);
});
