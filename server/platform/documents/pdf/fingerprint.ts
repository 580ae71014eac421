import { createHash } from 'node:crypto';
import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** What pdf.js would draw on a page: an operator's number and its operands, in order. */
export interface Drawing {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

/** The letters that a page's own content shows, before what is laid over it; without white space. */
export function lettersOf({ fnArray, argsArray }: Drawing): string {
  let text = '';
  for (const [index, operator] of fnArray.entries()) {
    if (operator === OPS.beginAnnotation) break;
    if (operator !== OPS.showText) continue;
    const [glyphs] = argsArray[index] as [readonly (number | { unicode: string })[]];
    for (const glyph of glyphs) if (typeof glyph !== 'number') text += glyph.unicode;
  }
  return text.replace(/\s+/g, '');
}

/** Characters that are hashed in one go: each call costs as much as a thousand of them. */
const atOnce = 1 << 16;

/**
 * A hash of what is drawn, whatever order and numbers the file gives to its objects: entries of dictionaries count by their names, and the
 * names that pdf.js makes up for fonts, pictures and patterns (`g_d1_f2`, `img_p0_1`, `12R`) by their first use on the page.
 */
export function fingerprintOf({ fnArray, argsArray }: Drawing): string {
  const hash = createHash('sha256');
  const names = new Map<string, string>();
  const letters = new Map<unknown, string>();
  let said = '';
  for (const [index, operator] of fnArray.entries()) {
    // What must be loaded before, by names alone: told again where it is used.
    if (operator === OPS.dependency) continue;
    const args = argsArray[index];
    said += `${operator} `;
    // Letters are the author's, not pdf.js's.
    said += operator === OPS.showText && Array.isArray(args) ? shown(args, letters) : spelled(args, names);
    if (said.length < atOnce) continue;
    hash.update(said);
    said = '';
  }
  return hash.update(said).digest('base64');
}

/** `g_d1_f2`, `g_d1_img_p0_1`, `img_p0_1`, `mask_p0_2`, `pattern_p0_3`, `annot_p0_4`, `12R`, `12R0`. */
const madeUp = /^(?:g_d\d+_)?(?:[a-z]+_)?(?:p\d+_\d+|[fst]\d+)$|^g_d|^\d+R\d*$/;

/** A letter that is shown often is one object of pdf.js's, the same each time. */
function shown(args: readonly unknown[], letters: Map<unknown, string>): string {
  let said = '';
  for (const glyphs of args)
    if (!Array.isArray(glyphs)) said += spelled(glyphs, undefined);
    else
      for (const glyph of glyphs) {
        const known = letters.get(glyph) ?? spelled(glyph, undefined);
        if (typeof glyph === 'object') letters.set(glyph, known);
        said += known;
      }
  return said;
}

function spelled(value: unknown, names: Map<string, string> | undefined): string {
  if (typeof value === 'number') return `${value};`;
  if (typeof value === 'string') return `${names && madeUp.test(value) ? nameOf(value, names) : value};`;
  if (value === null || typeof value !== 'object') return `${value};`;
  // One character for each byte.
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  let said = '';
  if (Array.isArray(value)) for (const one of inOrder(value)) said += spelled(one, names);
  else for (const [key, one] of byName(Object.entries(value))) said += `${key}:${spelled(one, names)}`;
  return said;
}

/** A dictionary that pdf.js hands on as a list of pairs has no order either; of two entries alike the last counts. */
const inOrder = (list: readonly unknown[]): readonly unknown[] => (list.length > 1 && list.every(isEntry) ? byName(list) : list);

const isEntry = (value: unknown): value is [name: string, value: unknown] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';

const byName = (entries: readonly [name: string, value: unknown][]): [name: string, value: unknown][] =>
  [...entries].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));

function nameOf(madeUpName: string, names: Map<string, string>): string {
  const known = names.get(madeUpName) ?? `#${names.size}`;
  names.set(madeUpName, known);
  return known;
}
