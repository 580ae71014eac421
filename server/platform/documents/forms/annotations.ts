import { PDFArray, PDFDict, PDFName, type PDFObject, type PDFPageLeaf, type PDFString } from '@cantoo/pdf-lib';
import { appearanceOf, type Drawn, isShown, numbersIn, placed } from '../pdf/appearance.ts';
import type { Edits } from '../pdf/edits.ts';
import { Refusal } from '../pdf/refusals.ts';
import { dictIn, nameIn, valueIn } from '../pdf/walk.ts';
import { keepHarmless } from './actions.ts';
import { textOf } from './form.ts';

/** What every reader draws in its own way where it has no appearance (ISO 32000-2, 12.5.6). */
const drawnByReaders = new Set(
  'FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Redact'.split(' '),
);
/** Refused by the walk that comes afterwards, whose sentence names them. */
const refusedAnyway = new Set(['RichMedia', 'Screen', 'Movie', 'Sound', '3D']);
/** They mark words; without `QuadPoints` some readers draw their look and others nothing (12.5.6.10). */
const marks = new Set(['Highlight', 'Underline', 'Squiggly', 'StrikeOut']);

/** A link as its page names it, and what it is. */
export interface KeptLink {
  readonly entry: PDFObject;
  readonly dict: PDFDict;
}

/** What a page's annotations come to, its widgets apart: the links that stay, and what is drawn on the page. */
export interface Sorted {
  readonly kept: KeptLink[];
  readonly drawn: Drawn[];
  readonly widgets: PDFDict[];
}

/** Reads the annotations of a page (counted from 1). Refusal `look` for one that readers would draw in different ways. */
export function sortAnnotations(edits: Edits, leaf: PDFPageLeaf, page: number): Sorted {
  const sorted: Sorted = { kept: [], drawn: [], widgets: [] };
  const found = leaf.lookup(PDFName.of('Annots'));
  for (const entry of found instanceof PDFArray ? found.asArray() : []) {
    const annotation = edits.context.lookup(entry);
    if (!(annotation instanceof PDFDict)) continue;
    const kind = nameIn(annotation, 'Subtype');
    if (kind === 'Widget') sorted.widgets.push(annotation);
    else if (kind === 'Link') sortLink(edits, { entry, dict: annotation }, page, sorted);
    else if (kind !== undefined && refusedAnyway.has(kind)) throw new Refusal('active', kind, page);
    else if (kind === 'FileAttachment') edits.warn('attachments', nameOfFile(dictIn(annotation, 'FS')));
    else if (kind === 'Popup') refuseDrawnPopup(annotation, page);
    else sorted.drawn.push(...lookOf(edits, annotation, page));
  }
  return sorted;
}

function lookOf(edits: Edits, annotation: PDFDict, page: number): Drawn[] {
  const kind = nameIn(annotation, 'Subtype') ?? 'Annot';
  if (!isShown(annotation)) return [];
  const form = appearanceOf(annotation);
  if (form && marks.has(kind) && (numbersIn(annotation, 'QuadPoints')?.length ?? 0) < 8) throw new Refusal('look', kind, page);
  const drawn = form && placed(annotation, form, page);
  if (drawn && hasComment(annotation)) edits.warn('comments');
  if (drawn) return [drawn];
  if (form === undefined && drawnByReaders.has(kind)) throw new Refusal('look', kind, page);
  if (kind === 'Text') edits.warn('comments');
  return [];
}

/** Words in a window of their own beside the page. */
const hasComment = (annotation: PDFDict): boolean => {
  const words = textOf(valueIn(annotation, 'Contents')) ?? '';
  return nameIn(annotation, 'Subtype') !== 'FreeText' && dictIn(annotation, 'Popup') !== undefined && words.trim() !== '';
};

/** A popup has no look of its own (12.5.6.14); where it is given one, some readers draw it. */
function refuseDrawnPopup(popup: PDFDict, page: number): void {
  const form = isShown(popup) ? appearanceOf(popup) : undefined;
  if (form && placed(popup, form, page)) throw new Refusal('look', 'Popup', page);
}

/** What a link keeps; its border is a look that readers draw or leave out. */
const ofLinks = ['Type', 'Subtype', 'Rect', 'QuadPoints', 'Contents', 'StructParent', 'Lang', 'A', 'Dest', 'Border', 'F'];

function sortLink(edits: Edits, found: KeptLink, page: number, { kept, drawn }: Sorted): void {
  const { dict: link } = found;
  if (isShown(link)) drawn.push(...lookOf(edits, link, page));
  keepHarmless(edits, link, 'A');
  const leads = link.has(PDFName.of('A')) || valueIn(link, 'Dest') !== undefined;
  if (!isShown(link) || !leads) {
    edits.touch();
    return;
  }
  edits.remove(
    link,
    ...link
      .keys()
      .map((key) => key.decodeText())
      .filter((key) => !ofLinks.includes(key)),
  );
  if (!isBorderless(link)) edits.set(link, 'Border', edits.context.obj([0, 0, 0]));
  kept.push(found);
}

const isBorderless = (link: PDFDict): boolean => {
  const border = valueIn(link, 'Border');
  return border instanceof PDFArray && border.size() === 3 && border.asArray().every((width) => `${width}` === '0');
};

/** A file's name as its specification gives it (7.11.3). */
export function nameOfFile(specification: PDFDict | undefined): string | undefined {
  const name = specification && (valueIn(specification, 'UF') ?? valueIn(specification, 'F'));
  return name !== undefined && 'decodeText' in name ? (name as PDFString).decodeText() : undefined;
}
