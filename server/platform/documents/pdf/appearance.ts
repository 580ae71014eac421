import { PDFArray, PDFDict, PDFName, PDFNumber, PDFRawStream, PDFRef } from '@cantoo/pdf-lib';
import type { Matrix } from '../../../../shared/signing/geometry.ts';
import { Refusal } from './refusals.ts';
import { dictIn, nameIn, valueIn } from './walk.ts';

/** A form that is drawn on the page under a matrix. */
export interface Drawn {
  readonly form: PDFRef;
  readonly matrix: Matrix;
  /** The annotation that this is the look of; nothing where it says nothing, as an empty field's border. */
  readonly of?: PDFDict | undefined;
}

type Rectangle = readonly [x0: number, y0: number, x1: number, y1: number];

/** Annotation flags (ISO 32000-2, table 167). */
const flags = { invisible: 1, hidden: 2, noView: 32 } as const;
/** Types that there are (table 171): only what is none of them can be invisible. */
const known = new Set(
  (
    'Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Popup FileAttachment Sound ' +
    'Movie Widget Screen PrinterMark TrapNet Watermark 3D Redact Projection RichMedia'
  ).split(' '),
);

/** Is it shown on the screen? */
export const isShown = (annotation: PDFDict): boolean => {
  const value = valueIn(annotation, 'F');
  const set = value instanceof PDFNumber ? value.asNumber() : 0;
  const hiding = flags.hidden | flags.noView | (known.has(nameIn(annotation, 'Subtype') ?? '') ? 0 : flags.invisible);
  return (set & hiding) === 0;
};

/** The annotation's normal appearance as it stands: one stream, or that of the state in `AS`, or without that of the value `V`. */
export function appearanceOf(annotation: PDFDict, value?: string): PDFRef | undefined {
  const looks = dictIn(annotation, 'AP');
  const normal = looks?.get(PDFName.of('N'));
  const found = looks && valueIn(looks, 'N');
  if (found instanceof PDFRawStream) return normal instanceof PDFRef ? normal : undefined;
  if (!(found instanceof PDFDict)) return undefined;
  const state = nameIn(annotation, 'AS') ?? value;
  const chosen = state === undefined ? undefined : found.get(PDFName.of(state));
  return chosen instanceof PDFRef && found.context.lookup(chosen) instanceof PDFRawStream ? chosen : undefined;
}

/** The states that its normal appearance has, but for `Off`. */
export function statesOf(annotation: PDFDict): string[] {
  const looks = dictIn(annotation, 'AP');
  const states = [looks && dictIn(looks, 'N'), looks && dictIn(looks, 'D')].flatMap((dict) => (dict ? dict.keys() : []));
  return [...new Set(states.map((name) => name.decodeText()))].filter((name) => name !== 'Off');
}

/**
 * Where an appearance is drawn (12.5.5, algorithm 8.1): its box, turned by its matrix, fills the annotation's rectangle. Nothing where nothing
 * of it would be seen; Refusal `look` where readers make up a box.
 */
export function placed(annotation: PDFDict, form: PDFRef, page: number): Drawn | undefined {
  const kind = nameIn(annotation, 'Subtype') ?? 'Annot';
  const stream = annotation.context.lookup(form);
  if (!(stream instanceof PDFRawStream)) return undefined;
  const subtype = nameIn(stream.dict, 'Subtype');
  const box = rectangleIn(stream.dict, 'BBox');
  const rect = rectangleIn(annotation, 'Rect');
  const own = numbersIn(stream.dict, 'Matrix', 6) ?? (stream.dict.has(PDFName.of('Matrix')) ? undefined : [1, 0, 0, 1, 0, 0]);
  if (!box || !rect || !own || (subtype !== undefined && subtype !== 'Form')) throw new Refusal('look', kind, page);
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = own;
  const corners = [
    [box[0], box[1]],
    [box[0], box[3]],
    [box[2], box[1]],
    [box[2], box[3]],
  ].map(([x = 0, y = 0]) => [a * x + c * y + e, b * x + d * y + f] as const);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - bottom];
  if (!(width > 0 && height > 0 && rect[2] > rect[0] && rect[3] > rect[1])) return undefined;
  const [sx, sy] = [(rect[2] - rect[0]) / width, (rect[3] - rect[1]) / height];
  return { form, matrix: [sx, 0, 0, sy, rect[0] - left * sx, rect[1] - bottom * sy], of: annotation };
}

/** Four numbers as a rectangle, its corners in whatever order. */
export function rectangleIn(dict: PDFDict, key: string): Rectangle | undefined {
  const [a, b, c, d] = numbersIn(dict, key, 4) ?? [];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** So many finite numbers; nothing where there is anything else. */
export function numbersIn(dict: PDFDict, key: string, count?: number): number[] | undefined {
  const value = valueIn(dict, key);
  if (!(value instanceof PDFArray)) return undefined;
  const numbers = value.asArray().map((_, i) => {
    const item = value.lookup(i);
    return item instanceof PDFNumber ? item.asNumber() : Number.NaN;
  });
  return numbers.every(Number.isFinite) && (count === undefined || numbers.length === count) ? numbers : undefined;
}
