import { randomBytes } from 'node:crypto';
import {
  PDFArray,
  type PDFContext,
  PDFDict,
  type PDFDocument,
  PDFName,
  type PDFObject,
  type PDFPageLeaf,
  PDFRef,
  PDFStream,
} from '@cantoo/pdf-lib';
import { displayed, type PageBox } from '../../../../shared/signing/geometry.ts';
import type { Embedder } from '../fonts/embed.ts';
import { legible } from '../fonts/fonts.ts';
import { shapeLine } from '../fonts/shape.ts';
import { type Canvas, createCanvas } from '../pages/canvas.ts';
import { boxOf, lay } from '../pages/page.ts';
import { createStructure } from '../pages/structure.ts';
import { dropLostObjects } from '../pdf/lost-objects.ts';

/**
 * Makes a sealed document into a copy that anybody can tell from it: without its seal and what was attached to it, and with "COPY" across
 * every page and a line at its edge that says of what. It is to be written anew and sealed as a document of its own.
 */
export function asCopy(document: PDFDocument, embedder: Embedder, watermark: string): void {
  withoutSeal(document);
  const structure = createStructure(document);
  const overlay = { embedder, structure, name: `Inlay${randomBytes(4).toString('hex')}` };
  const faint = document.context.register(document.context.obj({ Type: 'ExtGState', ca: 0.16 }));
  const clear = document.context.register(document.context.obj({ Type: 'ExtGState', ca: 0.85 }));
  for (const page of document.getPages()) {
    const box = boxOf(page.node);
    const canvas = createCanvas(embedder, { states: { Faint: faint, Clear: clear } });
    across(canvas, box);
    alongEdge(canvas, box, watermark);
    lay(overlay, page, box, [{ canvas, as: 'Watermark' }]);
  }
  structure.finish();
}

const grey = '#4a545c';

/** The word from corner to corner, through which everything can still be read. */
function across(canvas: Canvas, page: PageBox): void {
  const { width, height } = displayed(page);
  const angle = Math.atan2(height, width);
  const line = shapeLine('COPY', 'strong');
  const size = (Math.hypot(width, height) * 0.5) / line.width;
  canvas.raw(`q /Faint gs ${turned(angle, width / 2, height / 2)} cm`);
  canvas.text('COPY', { x: (-line.width * size) / 2, y: -size * 0.36, size, colour: grey, style: 'strong' });
  canvas.raw('Q');
}

/** Upwards along the left edge, on a strip of its own. */
function alongEdge(canvas: Canvas, page: PageBox, watermark: string): void {
  const text = legible(watermark);
  const { width, height } = displayed(page);
  const line = shapeLine(text, 'text');
  const size = Math.min(8, width * 0.02, (height * 0.94) / line.width);
  const from = (height - line.width * size) / 2;
  canvas.raw(`q ${turned(Math.PI / 2, size * 1.9, from)} cm q /Clear gs`);
  canvas.box(-size * 0.6, -size * 0.45, line.width * size + size * 1.2, size * 1.5, '#ffffff');
  canvas.raw('Q');
  canvas.text(text, { x: 0, y: 0, size, colour: grey });
  canvas.raw('Q');
}

const turned = (angle: number, x: number, y: number): string => {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)].map((part) => part.toFixed(6));
  return `${cos} ${sin} ${sin === '0.000000' ? 0 : `-${sin}`} ${cos} ${x.toFixed(3)} ${y.toFixed(3)}`;
};

/** Takes the signature, its field and the attached facts out, with every object that only they needed. */
function withoutSeal(document: PDFDocument): void {
  const { context, catalog } = document;
  for (const { node } of document.getPages()) withoutSignatureFields(node);
  const form = catalog.lookupMaybe(PDFName.of('AcroForm'), PDFDict);
  const fields =
    form
      ?.lookupMaybe(PDFName.of('Fields'), PDFArray)
      ?.asArray()
      .filter((field) => !isSignature(context, field)) ?? [];
  if (form && fields.length > 0) {
    form.set(PDFName.of('Fields'), context.obj(fields));
    form.delete(PDFName.of('SigFlags'));
  } else catalog.delete(PDFName.of('AcroForm'));
  catalog.lookupMaybe(PDFName.of('Names'), PDFDict)?.delete(PDFName.of('EmbeddedFiles'));
  for (const key of ['Perms', 'AF']) catalog.delete(PDFName.of(key));
  dropLostObjects(document);
  sweep(context);
}

function withoutSignatureFields(leaf: PDFPageLeaf): void {
  const annotations = leaf.Annots()?.asArray() ?? [];
  const kept = annotations.filter((annotation) => !isSignature(leaf.context, annotation));
  if (kept.length < annotations.length) leaf.set(PDFName.of('Annots'), leaf.context.obj(kept));
}

function isSignature(context: PDFContext, object: PDFObject): boolean {
  const found = context.lookup(object);
  return found instanceof PDFDict && found.lookup(PDFName.of('FT')) === PDFName.of('Sig');
}

/** Deletes what cannot be reached from the trailer, so that nothing of the earlier signature is written again. */
function sweep(context: PDFContext): void {
  const reached = new Set<string>();
  const open: unknown[] = [context.trailerInfo.Root, context.trailerInfo.Info];
  while (open.length > 0) {
    const object = open.pop();
    if (object instanceof PDFRef) {
      if (!reached.has(object.tag)) open.push(context.lookup(object));
      reached.add(object.tag);
    } else if (object instanceof PDFStream) open.push(object.dict);
    else if (object instanceof PDFDict) open.push(...object.values());
    else if (object instanceof PDFArray) open.push(...object.asArray());
  }
  for (const [ref] of context.enumerateIndirectObjects()) if (!reached.has(ref.tag)) context.delete(ref);
}
