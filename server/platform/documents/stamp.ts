import { randomBytes } from 'node:crypto';
import type { PDFDocument, PDFRef } from '@cantoo/pdf-lib';
import { pad, type Stroke } from '../../../shared/fields.ts';
import { inPoints, type PageBox } from '../../../shared/geometry.ts';
import { inkPaths } from '../../../shared/ink.ts';
import { type Hand, inkBox, inkColour, textLines, tickLine } from '../../../shared/marks.ts';
import type { Mark } from '../domain/documents.ts';
import { type Embedder, flate } from './embed.ts';
import { type Style, styleOfTyped } from './fonts.ts';
import { lay } from './page.ts';
import { directionOf, shapeLine } from './shape.ts';
import { createSheet, pathOperators, type Sheet } from './sheet.ts';

/** Draws every answer at its place, as one form per page. */
export function stamp(document: PDFDocument, embedder: Embedder, pages: readonly PageBox[], marks: readonly Mark[]): void {
  const overlay = { embedder, name: `Inlay${randomBytes(4).toString('hex')}` };
  const inks = inksOf(embedder);
  const leaves = document.getPages();
  if (leaves.length !== pages.length) throw new Error(`The document has ${leaves.length} pages, not ${pages.length}.`);
  for (const [number, onPage] of Map.groupBy(marks, ({ page }) => page)) {
    const box = pages[number - 1];
    const leaf = leaves[number - 1]?.node;
    if (!box || !leaf) throw new Error(`There is no page ${number} to stamp.`);
    const sheet = createSheet(embedder);
    for (const mark of onPage) draw(sheet, box, mark, inks);
    lay(overlay, leaf, box, sheet);
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

function draw(sheet: Sheet, page: PageBox, { value, ...place }: Mark, inks: ReturnType<typeof inksOf>): void {
  const field = inPoints(page, place);
  if (value.kind === 'drawn') {
    const { left, bottom, height, scale } = inkBox(field);
    const at = { left: field.left + left, bottom: field.bottom + bottom + height, scale, flip: -1 } as const;
    sheet.form(inks(value.strokes), at, inkColour);
  } else if (value.kind === 'checked') {
    if (!value.checked) return;
    const { points, width } = tickLine(field);
    sheet.line(
      points.map(([x, y]) => [field.left + x, field.bottom + y] as const),
      width,
      inkColour,
    );
  } else if (value.kind === 'typed') {
    const text = value.text.replace(/\s+/gu, ' ').trim();
    write(sheet, field, text, 'script', styleOfTyped(text));
  } else write(sheet, field, value.text, 'text', 'text');
}

function write(sheet: Sheet, field: ReturnType<typeof inPoints>, text: string, hand: Hand, style: Style): void {
  const direction = directionOf(text);
  const { size, lines } = textLines(field, text, (part) => shapeLine(part, style, direction).width, hand);
  for (const line of lines) {
    const at = { x: field.left + line.left, y: field.bottom + line.baseline };
    sheet.text(line.text, { ...at, size, colour: inkColour, style, direction });
  }
}
