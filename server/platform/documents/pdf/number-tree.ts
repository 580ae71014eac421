import { PDFArray, type PDFContext, PDFDict, PDFName, PDFNumber, type PDFObject, PDFRef } from '@cantoo/pdf-lib';

const Kids = PDFName.of('Kids');
const Nums = PDFName.of('Nums');

/** The entries of a number tree (ISO 32000-2, 7.9.7) by their numbers, of a number that stands twice the first; and the tree's own objects. */
export function readNumberTree(context: PDFContext, root: PDFObject | undefined): { entries: Map<number, PDFObject>; nodes: PDFRef[] } {
  const entries = new Map<number, PDFObject>();
  const nodes: PDFRef[] = [];
  const seen = new Set<PDFObject>();
  const waiting: (PDFObject | undefined)[] = [root];
  while (waiting.length > 0) {
    const given = waiting.pop();
    const node = given instanceof PDFRef ? context.lookup(given) : given;
    if (!(node instanceof PDFDict) || seen.has(node)) continue;
    seen.add(node);
    if (given instanceof PDFRef) nodes.push(given);
    const kids = node.lookup(Kids);
    if (kids instanceof PDFArray) for (const kid of kids.asArray().toReversed()) waiting.push(kid);
    const pairs = node.lookup(Nums);
    if (!(pairs instanceof PDFArray)) continue;
    for (let i = 0; i + 1 < pairs.size(); i += 2) {
      const [number, value] = [pairs.lookup(i), pairs.get(i + 1)];
      if (number instanceof PDFNumber && value && !entries.has(number.asNumber())) entries.set(number.asNumber(), value);
    }
  }
  return { entries, nodes };
}

/** Entries in one node: more than these are split, so that a reader need not take in all of them for one. */
const perNode = 256;

/** A number tree with these entries. */
export function numberTree(context: PDFContext, entries: ReadonlyMap<number, PDFObject>): PDFDict {
  const sorted = [...entries].sort(([a], [b]) => a - b);
  if (sorted.length <= perNode) return context.obj({ Nums: sorted.flat() });
  const kids: PDFRef[] = [];
  for (let from = 0; from < sorted.length; from += perNode) {
    const part = sorted.slice(from, from + perNode);
    kids.push(context.register(context.obj({ Limits: [part[0]?.[0] ?? 0, part.at(-1)?.[0] ?? 0], Nums: part.flat() })));
  }
  return context.obj({ Kids: kids });
}
