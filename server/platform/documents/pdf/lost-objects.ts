import { type PDFContext, PDFDict, type PDFDocument, PDFName, type PDFObject, PDFRef } from '@cantoo/pdf-lib';
import { hasStructure, kidsOf, numberOf, openStructureTree } from './structure-tree.ts';

const name = {
  K: PDFName.of('K'),
  OBJR: PDFName.of('OBJR'),
  Obj: PDFName.of('Obj'),
  StructParent: PDFName.of('StructParent'),
  Type: PDFName.of('Type'),
} as const;

/** Elements that are about an annotation and nothing without it (ISO 32000-2, 14.8.4.7.2 and 14.8.4.8.2). */
const aboutAnnotations = new Set(['Form', 'Annot']);

/**
 * Takes what no longer is on any page out of the document's structure: references to annotations that were removed or flattened (14.7.5.3),
 * and the elements that were about nothing else. Changes the document in place; whether it did.
 */
export function dropLostObjects(document: PDFDocument): boolean {
  if (!hasStructure(document)) return false;
  const { context } = document;
  const tree = openStructureTree(document);
  const kept = annotationsOf(document);
  const order: PDFDict[] = [tree.root];
  const seen = new Set(order);
  const emptied = new Set<PDFDict>();
  const forgotten: number[] = [];
  let changed = false;
  for (let i = 0; i < order.length; i++)
    for (const kid of kidsOf(order[i] as PDFDict)) {
      const element = dictOf(context, kid);
      if (element && !seen.has(element)) order.push(element);
      if (element) seen.add(element);
    }
  // From the leaves upwards, so that an element is seen to be empty once all within it are.
  for (const element of order.toReversed()) {
    const kids = kidsOf(element);
    const left = kids.filter((kid) => {
      const found = dictOf(context, kid);
      if (!found || emptied.has(found)) return found === undefined;
      if (!isLost(context, found, kept)) return true;
      const key = numberOf(dictOf(context, found.get(name.Obj))?.lookup(name.StructParent));
      if (key !== undefined) forgotten.push(key);
      return false;
    });
    if (left.length === kids.length) continue;
    if (left.length === 0 && aboutAnnotations.has(tree.typeOf(element))) emptied.add(element);
    element.set(name.K, context.obj(left));
    changed = true;
  }
  for (const key of forgotten) tree.forget(key);
  if (forgotten.length > 0) tree.write();
  return changed;
}

const dictOf = (context: PDFContext, kid: PDFObject | undefined): PDFDict | undefined => {
  const found = kid instanceof PDFRef ? context.lookup(kid) : kid;
  return found instanceof PDFDict ? found : undefined;
};

/** An annotation that is on no page, or nothing at all; forms and pictures are drawn without being listed. */
function isLost(context: PDFContext, reference: PDFDict, kept: ReadonlySet<PDFObject>): boolean {
  if (reference.lookup(name.Type) !== name.OBJR) return false;
  const object = context.lookup(reference.get(name.Obj));
  return object === undefined || (object instanceof PDFDict && !kept.has(object));
}

function annotationsOf(document: PDFDocument): Set<PDFObject> {
  const all = new Set<PDFObject>();
  for (const { node } of document.getPages())
    for (const annotation of node.Annots()?.asArray() ?? []) {
      const found = document.context.lookup(annotation);
      if (found) all.add(found);
    }
  return all;
}
