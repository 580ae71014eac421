import {
  PDFArray,
  type PDFContext,
  PDFDict,
  PDFName,
  PDFNumber,
  type PDFPage,
  type PDFPageLeaf,
  PDFRawStream,
  PDFRef,
  PDFStream,
} from '@cantoo/pdf-lib';
import { displayed, type Matrix, type PageBox, pageBoxOf, toUserSpace } from '../../../../shared/signing/geometry.ts';
import { type Embedder, flate } from '../fonts/embed.ts';
import type { Drawn } from '../pdf/appearance.ts';
import type { Attributes } from '../pdf/elements.ts';
import { isolated } from '../pdf/isolate.ts';
import { type Artifact, beginArtifact, beginContent } from '../pdf/marked-content.ts';
import type { Canvas } from './canvas.ts';
import type { Structure } from './structure.ts';

const Contents = PDFName.of('Contents');
const Resources = PDFName.of('Resources');
const XObject = PDFName.of('XObject');
const Annots = PDFName.of('Annots');

/** What is laid over pages of one document; the name is random, so that it meets no name of the page. */
export interface Overlay {
  readonly embedder: Embedder;
  readonly structure: Structure;
  readonly name: string;
}

/** A canvas, drawn in displayed points, and what it is in the document's structure; without that it is not told of there. */
export interface Layer {
  readonly canvas: Canvas;
  readonly as?: { readonly type: string; readonly attributes: Attributes; readonly insteadOf?: PDFDict } | Artifact;
}

/** Lays canvases over a page: each a form of its own, after the page's content and apart from its graphics state. */
export function lay({ embedder, structure, name }: Overlay, page: PDFPage, box: PageBox, layers: readonly Layer[]): void {
  const { context } = embedder;
  const { width, height } = displayed(box);
  const drawn = layers.map(({ canvas, as }): Laid => {
    const entries = { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, width, height], Resources: canvas.resources() };
    const form = context.register(flate(context, canvas.operators(), entries));
    return { form, matrix: toUserSpace(box), ...(as ? { as } : {}) };
  });
  drawOver({ context, structure, name }, page, box, drawn);
}

/** A form, and what it is in the document's structure. */
export interface Laid extends Drawn {
  readonly as?: Layer['as'];
}

/** Draws forms over a page, each under its matrix, after the page's content and apart from its graphics state. `name` is no name of the page's. */
export function drawOver(
  { context, structure, name }: { context: PDFContext; structure: Structure; name: string },
  page: PDFPage,
  box: PageBox,
  drawn: readonly Laid[],
): void {
  const { node: leaf } = page;
  const content = isolated(context, leaf, contentsOf(leaf), box);
  const resources = ownResources(context, leaf);
  const objects = resources.lookup(XObject, PDFDict);
  if (content.form) {
    objects.set(PDFName.of(`${name}Page`), content.form);
    structure.moved(page, content.form);
  }
  const tags = drawn.some(({ as }) => typeof as === 'object') ? structure.over(page, content) : undefined;
  const steps = drawn.map(({ form, matrix, as }, i) => {
    objects.set(PDFName.of(`${name}x${i}`), form);
    const shown = `q ${under(matrix)} cm /${name}x${i} Do Q`;
    if (as === undefined) return shown;
    if (typeof as === 'string') return `${beginArtifact(as)} ${shown} EMC`;
    return tags ? `${beginContent(as.type, tags.content(as.type, as.attributes, as.insteadOf))} ${shown} EMC` : shown;
  });
  const first = content.form ? `${content.begin}/${name}Page Do ${content.end}` : content.end;
  // A line end first: the content may end in a comment, or in the middle of a word.
  const added = context.register(flate(context, `\n${first}\n${steps.join('\n')}\n`));
  leaf.set(Resources, resources);
  leaf.set(Contents, context.obj([...content.contents, added]));
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
