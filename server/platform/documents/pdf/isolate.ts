import { inflateSync } from 'node:zlib';
import { decodePDFRawStream, type PDFContext, PDFName, type PDFPageLeaf, PDFRawStream, type PDFRef } from '@cantoo/pdf-lib';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import { type Entries, flate } from '../fonts/embed.ts';

/** Larger contents (bytes, inflated) are not looked into. */
const mostContent = 16 << 20;

/** The page's content as its first streams, or a form that is to be drawn between `begin` and `end`. */
export interface Isolated {
  readonly contents: readonly PDFRef[];
  readonly form?: PDFRef;
  /** What it was, where it can be read. */
  readonly whole?: Uint8Array | undefined;
  readonly begin: string;
  readonly end: string;
}

/**
 * A page's content, so that nothing it does to the graphics state reaches what comes after it: between q and Q, with as many more Q as it
 * leaves open, and without those that have nothing to close, which readers ignore. Where operators cannot be told for certain (from the bytes
 * of inline pictures, or in streams that cannot be read) the content becomes a form, whose end is the end of every state it began (ISO
 * 32000-2, 8.10.1); since pdf.js lets a form close what is around it, there are states around it to spare.
 */
export function isolated(context: PDFContext, leaf: PDFPageLeaf, contents: readonly PDFRef[], { box }: PageBox): Isolated {
  const whole = wholeContent(context, contents);
  const states = whole && statesOf(whole);
  const opening = context.getPushGraphicsStateContentStream();
  if (states && whole) {
    const end = 'Q '.repeat(states.open + 1);
    if (states.excess.length === 0) return { contents: [opening, ...contents], whole, begin: '', end };
    for (const at of states.excess) whole[at] = 0x20;
    return { contents: [opening, context.register(flate(context, whole))], whole, begin: '', end };
  }
  const spare = whole ? Math.min(200, whole.filter((byte) => byte === 0x51).length) + 1 : 10;
  const around = { begin: 'q '.repeat(spare), end: 'Q '.repeat(spare) };
  const entries: Entries = { Type: 'XObject', Subtype: 'Form', BBox: [...box], Resources: leaf.Resources() ?? context.obj({}) };
  const [only] = contents;
  if (whole) return { contents: [], form: context.register(flate(context, whole, entries)), whole, ...around };
  if (only && contents.length === 1)
    return { contents: [], form: context.register(asForm(context, streamAt(context, only), entries)), ...around };
  return { contents: [opening, ...contents], begin: '', end: 'Q ' };
}

/** All of a page's content in one, inflated; nothing where some of it cannot be read. */
export function wholeContent(context: PDFContext, contents: readonly PDFRef[], most = mostContent): Buffer | undefined {
  const parts = contents.map((ref) => decoded(streamAt(context, ref), most));
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts.flatMap((part) => [part, newline])) : undefined;
}

function streamAt(context: PDFContext, ref: PDFRef): PDFRawStream {
  const stream = context.lookup(ref);
  if (!(stream instanceof PDFRawStream)) throw new Error('The content of a page is not a stream.');
  return stream;
}

const newline = Buffer.from('\n');

/** The same bytes under a form's dictionary. */
function asForm(context: PDFContext, stream: PDFRawStream, entries: Entries): PDFRawStream {
  const dict = stream.dict.clone(context);
  for (const [key, value] of context.obj(entries).entries()) dict.set(key, value);
  return PDFRawStream.of(dict, stream.contents);
}

/** A stream's bytes; nothing where they cannot be read, or inflate to more than so many. */
export function decoded(stream: PDFRawStream, most = mostContent): Uint8Array | undefined {
  const { dict, contents } = stream;
  const filter = dict.lookup(PDFName.of('Filter'));
  try {
    // What is empty is no less so for want of a compressed nothing: a blank page.
    if (filter === undefined || contents.length === 0) return contents;
    if (filter === PDFName.of('FlateDecode') && !dict.has(PDFName.of('DecodeParms')))
      return inflateSync(contents, { maxOutputLength: most });
    return decodePDFRawStream(stream).decode();
  } catch {
    // Readers go on where a stream is damaged or huge, each in its own way; the form keeps whatever they make of it to itself.
    return undefined;
  }
}

const [lineFeed, percent, open, close, slash, less, greater, backslash] = Buffer.from('\n%()/<>\\');
/** By byte: 1 for white space, 2 for delimiters (ISO 32000-2, 7.2.3). */
const kinds = new Uint8Array(256);
for (const byte of [0, 9, 10, 12, 13, 32]) kinds[byte] = 1;
for (const byte of Buffer.from('()<>[]{}/%')) kinds[byte] = 2;

/** How many q a content leaves open, and where each Q is that has nothing to close; nothing where that is not certain. */
export function statesOf(content: Uint8Array): { open: number; excess: number[] } | undefined {
  const excess: number[] = [];
  let depth = 0;
  for (let at = 0; at < content.length; ) {
    const byte = content[at] ?? 0;
    if (kinds[byte] !== 0) {
      const next = afterDelimiter(content, at, byte);
      if (next > content.length) return undefined;
      at = next;
      continue;
    }
    const end = tokenEnd(content, at);
    const step = stepOf(content, at, end);
    if (step === undefined) return undefined;
    if (depth + step < 0) excess.push(at);
    else depth += step;
    at = end;
  }
  return { open: depth, excess };
}

function tokenEnd(content: Uint8Array, from: number): number {
  let end = from;
  while (end < content.length && kinds[content[end] ?? 0] === 0) end++;
  return end;
}

/** +1 for q, -1 for Q; nothing for a token in which a lenient reader may find one of them, or the beginning of an inline picture. */
function stepOf(content: Uint8Array, start: number, end: number): number | undefined {
  if (end - start === 1) return content[start] === 0x71 ? 1 : content[start] === 0x51 ? -1 : 0;
  for (let at = start; at < end; at++) {
    const byte = content[at];
    if (byte === 0x71 || byte === 0x51 || (byte === 0x42 && content[at + 1] === 0x49)) return undefined;
  }
  return 0;
}

/** Behind the white space, string, comment, name or bracket that begins here; beyond the end where it does not end. */
function afterDelimiter(content: Uint8Array, at: number, byte: number): number {
  if (byte === open) return afterString(content, at);
  if (byte === slash) return tokenEnd(content, at + 1);
  if (byte === percent) {
    let end = at;
    while (end < content.length && content[end] !== lineFeed && content[end] !== 0x0d) end++;
    return end;
  }
  if (byte === less && content[at + 1] !== less) {
    const end = content.indexOf(greater ?? 0, at);
    return end < 0 ? content.length + 1 : end + 1;
  }
  return at + 1;
}

function afterString(content: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < content.length; at++) {
    const byte = content[at];
    if (byte === backslash) at++;
    else if (byte === open) depth++;
    else if (byte === close && --depth === 0) return at + 1;
  }
  return content.length + 1;
}
