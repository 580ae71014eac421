import { createInflate, inflateSync } from 'node:zlib';
import { PDFArray, PDFDict, PDFName, type PDFObject, type PDFRawStream } from '@cantoo/pdf-lib';
import { numberIn, valueIn } from '../pdf/walk.ts';
import type { Operands } from './content-scan.ts';
import { colourFault, componentsOf } from './painting.ts';

/** Of the data this part may be missing: less is not seen. */
const mostMissing = 1 / 50;

/**
 * Does a picture lack what its looks depend on: a size, colours, or so much of its data that readers fill in black, white, or nothing at all? Of
 * compressed data only those are counted that zlib compressed; others have marks of their own for their end.
 */
export async function isLacking(picture: PDFRawStream): Promise<boolean> {
  const { dict, contents } = picture;
  const [width, height] = [numberIn(dict, 'Width'), numberIn(dict, 'Height')];
  if (width === undefined || height === undefined || width < 1 || height < 1) return true;
  const filters = filtersOf(dict);
  // JPEG 2000 says itself what its colours are.
  if (filters.includes('JPXDecode')) return false;
  const isMask = `${valueIn(dict, 'ImageMask')}` === 'true';
  const space = valueIn(dict, 'ColorSpace');
  if (!isMask && colourFault(space) !== undefined) return true;
  const components = isMask ? 1 : componentsOf(space);
  const bits = isMask ? 1 : numberIn(dict, 'BitsPerComponent');
  if (components === undefined || (filters.length > 0 && filters.join() !== 'FlateDecode')) return false;
  if (bits === undefined || ![1, 2, 4, 8, 16].includes(bits)) return true;
  const row = Math.ceil((width * components * bits) / 8);
  // A predictor has a byte of its own in each row (ISO 32000-2, 7.4.4.4).
  const needed = height * (row + (isPredicted(dict) ? 1 : 0));
  const given = filters.length === 0 ? contents.length : await inflatedLength(contents, needed);
  return given < needed * (1 - mostMissing);
}

/** What stands between BI and ID (8.9.7), by the short names. */
export function entriesOf(operands: Operands): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (let at = 0; at + 1 < operands.count; at += 2) {
    const name = operands.name(at);
    entries.set(short[name] ?? name, operands.text(at + 1));
  }
  return entries;
}
const short: Readonly<Record<string, string>> = {
  Width: 'W',
  Height: 'H',
  BitsPerComponent: 'BPC',
  ColorSpace: 'CS',
  ImageMask: 'IM',
  Filter: 'F',
};
const spaces: Readonly<Record<string, string>> = { G: 'DeviceGray', RGB: 'DeviceRGB', CMYK: 'DeviceCMYK' };

/**
 * The same of a picture in a content, or whether its data do not end where pdf.js ends them: others read as many as its size asks for, or until
 * its compression ends. `named` has the colour spaces that the content may name.
 */
export function isInlineLacking(
  entries: ReadonlyMap<string, string>,
  data: Buffer,
  named: (name: string) => PDFObject | undefined,
): boolean {
  const [width, height] = [Number(entries.get('W')), Number(entries.get('H'))];
  if (!(width >= 1 && height >= 1)) return true;
  const isMask = entries.get('IM') === 'true';
  const written = entries.get('CS');
  if (!isMask && written === undefined) return true;
  const name = written?.startsWith('/') ? written.slice(1) : undefined;
  const space = name === undefined ? undefined : named(spaces[name] ?? name);
  if (!isMask && name !== undefined && name !== 'I' && colourFault(space) !== undefined) return true;
  const filters = (entries.get('F') ?? '').replace(/[[\]\s]/g, '');
  if (filters !== '') return !isWhole(filters.split('/')[1], data);
  // An array is a palette: one number for each pixel.
  const components = isMask || name === undefined ? 1 : componentsOf(space);
  const bits = isMask ? 1 : Number(entries.get('BPC'));
  if (components === undefined) return false;
  const needed = height * Math.ceil((width * components * bits) / 8);
  return !(data.length >= needed * (1 - mostMissing) && data.length <= needed + mostSpace);
}

/** White space after the data, bytes. */
const mostSpace = 4;

/** Do compressed data end at their end? */
function isWhole(filter: string | undefined, data: Buffer): boolean {
  const text = data.toString('latin1').trimEnd();
  if (filter === 'A85' || filter === 'ASCII85Decode') return text.indexOf('~>') === text.length - 2;
  if (filter === 'AHx' || filter === 'ASCIIHexDecode') return text.indexOf('>') === text.length - 1;
  if (filter !== 'Fl' && filter !== 'FlateDecode') return true;
  try {
    return inflateSync(data, { maxOutputLength: 16 << 20 }).length > 0;
  } catch {
    return false;
  }
}

/** One, or a list of them. */
const listed = (value: PDFObject | undefined): (PDFObject | undefined)[] =>
  value instanceof PDFArray ? value.asArray().map((_, i) => value.lookup(i)) : value === undefined ? [] : [value];

const filtersOf = (dict: PDFDict): string[] =>
  listed(valueIn(dict, 'Filter')).map((name) => (name instanceof PDFName ? name.decodeText() : ''));

const isPredicted = (dict: PDFDict): boolean => {
  const [parameters] = listed(valueIn(dict, 'DecodeParms'));
  return parameters instanceof PDFDict && (numberIn(parameters, 'Predictor') ?? 1) >= 10;
};

/** How many bytes come out, up to these; nothing is kept of them. What is damaged counts up to there. */
function inflatedLength(data: Uint8Array, most: number): Promise<number> {
  return new Promise((resolve) => {
    let length = 0;
    const inflate = createInflate({ chunkSize: 256 << 10 });
    const end = (): void => {
      inflate.destroy();
      resolve(length);
    };
    inflate.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length >= most) end();
    });
    inflate.on('end', end);
    inflate.on('error', end);
    inflate.end(data);
  });
}
