import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type PDFContext, PDFName, PDFRawStream, type PDFRef, PDFString } from '@cantoo/pdf-lib';
import type { Face } from './face.ts';
import { subsetOf } from './subset.ts';

/** The faces of one document: codes while it is drawn, the fonts themselves at the end. */
export interface Embedder {
  readonly context: PDFContext;
  /** The font's resource and the code of a glyph that stands for this text; `advance` (ems) is the width of its first use. */
  code(face: Face, glyph: number, text: string, advance: number): { font: PDFRef; code: number; width: number };
  /** Writes every font that was used; nothing may be drawn after it. */
  finish(): void;
}

interface Used {
  readonly face: Face;
  readonly font: PDFRef;
  readonly codes: Map<string, number>;
  /** By code, the first is not used: glyph, text, width in thousandths of an em. */
  readonly glyphs: { id: number; text: string; width: number }[];
}

export function createEmbedder(context: PDFContext): Embedder {
  const faces = new Map<string, Used>();
  return {
    context,
    code(face, glyph, text, advance) {
      const used = faces.get(face.name) ?? { face, font: context.nextRef(), codes: new Map(), glyphs: [{ id: 0, text: '', width: 0 }] };
      faces.set(face.name, used);
      const key = `${glyph} ${text}`;
      const code = used.codes.get(key) ?? used.glyphs.length;
      if (code === used.glyphs.length) {
        used.codes.set(key, code);
        used.glyphs.push({ id: glyph, text, width: Math.round(advance * 1000) });
      }
      return { font: used.font, code, width: (used.glyphs[code]?.width ?? 0) / 1000 };
    },
    finish: () => {
      for (const used of faces.values()) write(context, used);
    },
  };
}

/** A dictionary as plain values. */
export type Entries = NonNullable<Parameters<PDFContext['formXObject']>[1]>;

/** Streams shorter than this (bytes) are kept as they are: setting the compressor up costs more than they weigh. */
const worthwhile = 256;

/** A stream that is deflated here and now: node's zlib is several times faster than one in JavaScript. */
export const flate = (context: PDFContext, bytes: Uint8Array | string, entries: Entries = {}): PDFRawStream => {
  if (bytes.length < worthwhile) return PDFRawStream.of(context.obj({ ...entries, Length: Buffer.byteLength(bytes) }), Buffer.from(bytes));
  const deflated = new Uint8Array(deflateSync(bytes));
  return PDFRawStream.of(context.obj({ ...entries, Filter: 'FlateDecode', Length: deflated.length }), deflated);
};

/** Type 0 font over a TrueType subset (ISO 32000-2, 9.7): one code per glyph and text, so that one glyph may stand for different texts. */
function write(context: PDFContext, { face, font, glyphs }: Used): void {
  const ids = glyphs.map(({ id }) => id);
  const mark = [...createHash('sha256').update(ids.join()).digest().subarray(0, 6)]
    .map((byte) => String.fromCharCode(65 + (byte % 26)))
    .join('');
  const name = `${mark}+${face.name}`;
  const subset = subsetOf(face, ids);
  const toGlyph = Buffer.alloc(glyphs.length * 2);
  for (const [code, id] of ids.entries()) toGlyph.writeUInt16BE(id, code * 2);
  const { ascender, descender } = face.font.hExtents();
  const thousandth = (units: number): number => Math.round((units * 1000) / face.unitsPerEm);
  const descriptor = context.obj({
    Type: 'FontDescriptor',
    FontName: name,
    Flags: 4,
    FontBBox: [-1000, -1000, 3000, 2000],
    ItalicAngle: 0,
    Ascent: thousandth(ascender),
    Descent: thousandth(descender),
    CapHeight: 714,
    StemV: 80,
    FontFile2: context.register(flate(context, subset, { Length1: subset.length })),
  });
  const descendant = context.obj({
    Type: 'Font',
    Subtype: 'CIDFontType2',
    BaseFont: name,
    CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Identity'), Supplement: 0 },
    FontDescriptor: context.register(descriptor),
    DW: 1000,
    W: [0, glyphs.map(({ width }) => width)],
    CIDToGIDMap: context.register(flate(context, toGlyph)),
  });
  context.assign(
    font,
    context.obj({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: name,
      Encoding: PDFName.of('Identity-H'),
      DescendantFonts: [context.register(descendant)],
      ToUnicode: context.register(flate(context, toUnicode(glyphs.map(({ text }) => text)))),
    }),
  );
}

/** A ToUnicode CMap of single characters (9.10.3), in blocks of at most 100. */
function toUnicode(texts: readonly string[]): string {
  const entries = texts.flatMap((text, code) => (code === 0 || text === '' ? [] : [`<${hex(code)}> <${utf16(text)}>`]));
  const blocks: string[] = [];
  for (let i = 0; i < entries.length; i += 100) {
    const block = entries.slice(i, i + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def',
    '1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange',
    ...blocks,
    'endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend',
  ].join('\n');
}

/** Four hexadecimal digits of a code. */
export const hex = (code: number): string => code.toString(16).padStart(4, '0');
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex');
