import { randomBytes } from 'node:crypto';
import type { PDFRef } from '@cantoo/pdf-lib';
import { type FieldType, type FieldValue, pad, type Stroke } from '../../../../shared/signing/fields.ts';
import { inPoints, type PageBox, type Place, toUserSpace } from '../../../../shared/signing/geometry.ts';
import { inkPaths } from '../../../../shared/signing/ink.ts';
import { dotCircle, inkBox, inkColour, tickLine } from '../../../../shared/text/marks.ts';
import type { Mark } from '../../domain/files/documents.ts';
import { type Embedder, flate } from '../fonts/embed.ts';
import { laidOut, writingOf } from '../fonts/writing.ts';
import { type Canvas, createCanvas, pathOperators } from '../pages/canvas.ts';
import { brokenAtSpaces } from '../pages/layout.ts';
import type { OwnPages } from '../pages/own-pages.ts';
import { type Layer, lay } from '../pages/page.ts';

/** Draws every answer at its place, as one form per page; as one form each where they are elements of the page's structure. */
export function stamp({ document, embedder, structure }: OwnPages, pages: readonly PageBox[], marks: readonly Mark[]): void {
  const overlay = { embedder, structure, name: `Inlay${randomBytes(4).toString('hex')}` };
  const inks = inksOf(embedder);
  const drawn = (box: PageBox, some: readonly Mark[]): Canvas => {
    const canvas = createCanvas(embedder);
    for (const mark of some) draw(canvas, box, mark, inks);
    return canvas;
  };
  const leaves = document.getPages();
  if (leaves.length !== pages.length) throw new Error(`The document has ${leaves.length} pages, not ${pages.length}.`);
  for (const [number, onPage] of Map.groupBy(marks, ({ page }) => page)) {
    const box = pages[number - 1];
    const page = leaves[number - 1];
    if (!box || !page) throw new Error(`There is no page ${number} to stamp.`);
    const layers = structure.covers(page.node)
      ? onPage.map((mark) => ({ canvas: drawn(box, [mark]), as: elementOf(mark, box) }))
      : [{ canvas: drawn(box, onPage) }];
    lay(overlay, page, box, layers);
  }
}

/** Drawn lines as forms, in units of the pad: a signature that is used on many pages is written once. */
function inksOf({ context }: Embedder): (strokes: readonly Stroke[]) => PDFRef {
  const forms = new Map<string, PDFRef>();
  const beyond = 10;
  const area = [-beyond, -beyond, pad.width + beyond, pad.height + beyond];
  return (strokes) => {
    const key = JSON.stringify(strokes);
    const content = (): string => inkPaths(strokes).map(pathOperators).join('\n');
    const form =
      forms.get(key) ?? context.register(flate(context, content(), { Type: 'XObject', Subtype: 'Form', BBox: area, Resources: {} }));
    forms.set(key, form);
    return form;
  };
}

function draw(canvas: Canvas, page: PageBox, { value, multiline = false, ...place }: Mark, inks: ReturnType<typeof inksOf>): void {
  const field = inPoints(page, place);
  if (value.kind === 'drawn') {
    const { left, bottom, height, scale } = inkBox(field);
    const at = { left: field.left + left, bottom: field.bottom + bottom + height, scale, flip: -1 } as const;
    canvas.form(inks(value.strokes), at, inkColour);
  } else if (value.kind === 'checked') {
    if (!value.checked) return;
    const { points, width } = tickLine(field);
    canvas.line(
      points.map(([x, y]) => [field.left + x, field.bottom + y] as const),
      width,
      inkColour,
    );
  } else if (value.kind === 'chosen') {
    const { x, y, radius } = dotCircle(field);
    canvas.dot(field.left + x, field.bottom + y, radius, inkColour);
  } else write(canvas, field, value, multiline);
}

function write(canvas: Canvas, field: ReturnType<typeof inPoints>, value: FieldValue, multiline: boolean): void {
  const writing = writingOf(value);
  if (!writing) return;
  const { hand: style, direction, region } = writing;
  const { size, lines } = laidOut(field, writing, multiline);
  const broken = brokenAtSpaces(
    lines.map((line) => line.text),
    writing.text.trim(),
  );
  for (const [i, line] of lines.entries()) {
    const at = { x: field.left + line.left, y: field.bottom + line.baseline };
    canvas.text(line.text, { ...at, size, colour: inkColour, style, direction, region, broken: broken[i] === true });
  }
}

const names: Readonly<Record<FieldType, string>> = {
  signature: 'Signature',
  initials: 'Initials',
  date_signed: 'Date of signing',
  name: 'Name',
  text: 'Text',
  checkbox: 'Check box',
  radio: 'Choice',
  dropdown: 'Choice',
};

/** An answer as an element: a picture of what was drawn, else the field that it was, no longer to be filled (ISO 32000-2, 14.8.4.8.2 and 14.8.5.6). */
function elementOf({ type, value, label, signer, ...place }: Mark, page: PageBox): NonNullable<Layer['as']> {
  const whose = signer === undefined ? names[type] : `${names[type]} of ${signer}`;
  const title = label ?? whose;
  if (value.kind === 'drawn') return { type: 'Figure', attributes: { title, alt: whose, box: inUserSpace(page, place) } };
  if (value.kind === 'checked') return { type: 'Form', attributes: { title, alt: `${title}: checked`, field: 'cb', checked: true } };
  if (value.kind === 'chosen') return { type: 'Form', attributes: { title, alt: `${title}: ${value.option}`, field: 'rb', checked: true } };
  return { type: 'Form', attributes: { title, field: 'tv' } };
}

function inUserSpace(page: PageBox, place: Place): number[] {
  const [a, b, c, d, e, f] = toUserSpace(page);
  const { left, bottom, width, height } = inPoints(page, place);
  const corner = (x: number, y: number) => [a * x + c * y + e, b * x + d * y + f] as const;
  const [[x0, y0], [x1, y1]] = [corner(left, bottom), corner(left + width, bottom + height)];
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}
