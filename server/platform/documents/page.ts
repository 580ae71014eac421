import { PDFArray, type PDFContext, PDFDict, PDFName, PDFNumber, type PDFPageLeaf, PDFRawStream, PDFRef, PDFStream } from '@cantoo/pdf-lib';
import { displayed, type Matrix, type PageBox, pageBoxOf, toUserSpace } from '../../../shared/geometry.ts';
import { type Embedder, flate } from './embed.ts';
import { isolated } from './isolate.ts';
import type { Sheet } from './sheet.ts';

const Contents = PDFName.of('Contents');
const Resources = PDFName.of('Resources');
const XObject = PDFName.of('XObject');
const Annots = PDFName.of('Annots');

/** What is laid over pages of one document; the name is random, so that it meets no name of the page. */
export interface Overlay {
  readonly embedder: Embedder;
  readonly name: string;
}

/** Lays a sheet, drawn in displayed points, over a page: a form of its own, after the page's content and apart from its graphics state. */
export function lay({ embedder, name }: Overlay, leaf: PDFPageLeaf, box: PageBox, sheet: Sheet): void {
  const { context } = embedder;
  const { width, height } = displayed(box);
  const form = context.register(
    flate(context, sheet.content(), { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, width, height], Resources: sheet.resources() }),
  );
  const page = isolated(context, leaf, contentsOf(leaf), box);
  const resources = ownResources(context, leaf);
  const objects = resources.lookup(XObject, PDFDict);
  objects.set(PDFName.of(name), form);
  if (page.form) objects.set(PDFName.of(`${name}Page`), page.form);
  const first = page.form ? `${page.begin}/${name}Page Do ${page.end}` : page.end;
  // A line end first: the content may end in a comment, or in the middle of a word.
  const drawn = context.register(flate(context, `\n${first}\nq ${under(toUserSpace(box))} cm /${name} Do Q\n`));
  leaf.set(Resources, resources);
  leaf.set(Contents, context.obj([...page.contents, drawn]));
  // Poppler takes the whole media box where the crop box reaches beyond it; what everybody else shows is written down.
  if (leaf.CropBox()) leaf.set(PDFName.of('CropBox'), context.obj([...box.box]));
}

/** Nine decimals: a unit may be as large as 75,000 points. */
const under = (matrix: Matrix): string => matrix.map((value) => String(Number(value.toFixed(9)))).join(' ');

/** The page's resources as its own: inherited and shared ones are copied as far as they are changed. */
function ownResources(context: PDFContext, leaf: PDFPageLeaf): PDFDict {
  const resources = leaf.Resources()?.clone(context) ?? PDFDict.withContext(context);
  const objects = resources.lookupMaybe(XObject, PDFDict)?.clone(context) ?? PDFDict.withContext(context);
  resources.set(XObject, objects);
  return resources;
}

/** The references of a page's content streams, in order. */
export function contentsOf(leaf: PDFPageLeaf): PDFRef[] {
  const given = leaf.get(Contents);
  const found = leaf.context.lookup(given);
  if (found instanceof PDFStream) return given instanceof PDFRef ? [given] : [];
  if (!(found instanceof PDFArray)) return [];
  return found.asArray().filter((entry): entry is PDFRef => entry instanceof PDFRef && leaf.context.lookup(entry) instanceof PDFRawStream);
}

/** Adds an annotation without changing an array that other pages may share. */
export function annotate(leaf: PDFPageLeaf, annotation: PDFRef): void {
  leaf.set(Annots, leaf.context.obj([...(leaf.Annots()?.asArray() ?? []), annotation]));
}

/** Where the page lies, from its own and inherited entries. */
export function boxOf(leaf: PDFPageLeaf): PageBox {
  const corners = (box: PDFArray | undefined): number[] | undefined => box?.asArray().map((_, i) => box.lookup(i, PDFNumber).asNumber());
  return pageBoxOf({
    mediaBox: corners(leaf.MediaBox()) ?? [],
    cropBox: corners(leaf.CropBox()),
    rotate: leaf.Rotate()?.asNumber(),
    userUnit: leaf.lookupMaybe(PDFName.of('UserUnit'), PDFNumber)?.asNumber(),
  });
}
