import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { readPages } from '../../../server/platform/documents/intake/reading.ts';
import { catalog, page, pdf, stream } from '../../fixtures/pdf/build.ts';

/** One line in a font that is not in the file, its bytes taken by one of Adobe's predefined maps (ISO 32000-2, 9.7.5.2). */
const inMap = (encoding: string, ordering: string, bytes: Buffer): Buffer =>
  pdf([
    catalog(),
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    page(),
    stream(`BT /F1 24 Tf 72 700 Td <${bytes.toString('hex')}> Tj ET`),
    `<</Type/Font/Subtype/Type0/BaseFont/Ming/Encoding/${encoding}/DescendantFonts[6 0 R]>>`,
    `<</Type/Font/Subtype/CIDFontType0/BaseFont/Ming/CIDSystemInfo<</Registry(Adobe)/Ordering(${ordering})/Supplement 4>>/FontDescriptor 7 0 R>>`,
    '<</Type/FontDescriptor/FontName/Ming/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>',
  ]);

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const hex = (bytes: string): Buffer => Buffer.from(bytes, 'hex');
/** The map, the collection of glyphs, and two texts with their bytes; those of Identity count glyphs. */
const maps: readonly (readonly [encoding: string, ordering: string, one: readonly [string, Buffer], other: readonly [string, Buffer]])[] = [
  ['UniGB-UTF16-H', 'GB1', ['人民币一百元', utf16('人民币一百元')], ['人民币九百元', utf16('人民币九百元')]],
  ['UniJIS-UTF16-H', 'Japan1', ['百円', utf16('百円')], ['千円', utf16('千円')]],
  ['UniCNS-UTF16-H', 'CNS1', ['一百元', utf16('一百元')], ['九百元', utf16('九百元')]],
  ['UniKS-UTF16-H', 'Korea1', ['백원', utf16('백원')], ['천원', utf16('천원')]],
  ['UniGB-UCS2-V', 'GB1', ['一百', utf16('一百')], ['九百', utf16('九百')]],
  ['GBK-EUC-H', 'GB1', ['山', hex('c9bd')], ['田', hex('ccef')]],
  ['90ms-RKSJ-H', 'Japan1', ['山', hex('8e52')], ['田', hex('9363')]],
  ['ETen-B5-H', 'CNS1', ['山', hex('a473')], ['田', hex('a5d0')]],
  ['KSCms-UHC-H', 'Korea1', ['김', hex('b1e8')], ['이', hex('c0cc')]],
  ...['GB1', 'Japan1', 'CNS1', 'Korea1'].map((ordering) => ['Identity-H', ordering, ['A', hex('0022')], ['B', hex('0023')]] as const),
];

for (const [encoding, ordering, ...texts] of maps)
  test(`two texts in ${encoding} of Adobe-${ordering} read as what they say, and differ`, async () => {
    const [one, other] = await Promise.all(
      texts.map(async ([, bytes]) => (await readPages(inMap(encoding, ordering, bytes), { drawing: true }))[0]),
    );
    assert.deepEqual(
      [one?.text, other?.text],
      texts.map(([text]) => text),
    );
    assert.notEqual(one?.drawing, other?.drawing);
  });
