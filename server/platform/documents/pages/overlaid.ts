import {
  type PDFArray,
  type PDFContext,
  PDFDict,
  type PDFDocument,
  PDFName,
  PDFNumber,
  type PDFPage,
  type PDFPageLeaf,
  PDFRef,
  PDFStream,
} from '@cantoo/pdf-lib';
import { type Attributes, type Elements, fieldAttributes, type TagsOver } from '../pdf/elements.ts';
import { addKid, kidsOf, numberOf, placeAfter, type StructureTree } from '../pdf/structure-tree.ts';

/** A page's own content where it can be read, and the form that it has become, if it has. */
export interface PageContent {
  readonly whole?: Uint8Array | undefined;
  readonly form?: PDFRef | undefined;
}

/** The document, and where an element goes for which the page has no place. */
export interface Whole {
  readonly document: PDFDocument;
  readonly tree: StructureTree;
  readonly elements: Elements;
  readonly end: { readonly ref: PDFRef; add(kid: PDFRef): void };
}

const name = {
  A: PDFName.of('A'),
  K: PDFName.of('K'),
  MCID: PDFName.of('MCID'),
  Obj: PDFName.of('Obj'),
  Pg: PDFName.of('Pg'),
  Properties: PDFName.of('Properties'),
  Stm: PDFName.of('Stm'),
  StructParent: PDFName.of('StructParent'),
  StructParents: PDFName.of('StructParents'),
} as const;

/** Tags what is laid over a page, after the last that the page has. */
export function tagsOver({ document, tree, elements, end }: Whole, page: PDFPage, content: PageContent): TagsOver {
  const { context } = document;
  const own = listedOn(tree, page.node);
  const listed = own ?? context.obj([]);
  if (!own) page.node.set(name.StructParents, PDFNumber.of(tree.list(listed)));
  let place = placeOn(document, tree, page);
  for (let free = firstFree(page.node, content.whole); listed.size() < free; ) listed.push(context.obj(null));
  return {
    content(type, attributes, insteadOf) {
      const number = listed.size();
      const known = insteadOf && replaced(context, tree, insteadOf, { page: page.ref, number, attributes });
      if (known) {
        listed.push(known);
        return number;
      }
      const element = elements.make(type, place?.parent ?? end.ref, attributes, page.ref);
      element.kids.push(number);
      listed.push(element.ref);
      if (place) {
        addKid(context, context.lookup(place.parent, PDFDict), element.ref, place.after);
        place = { ...place, after: element.ref };
      } else end.add(element.ref);
      return number;
    },
  };
}

/** The element that told of an annotation, which now has this content in its place; nothing where none did. */
function replaced(
  context: PDFContext,
  tree: StructureTree,
  annotation: PDFDict,
  { page, number, attributes }: { page: PDFRef; number: number; attributes: Attributes },
): PDFRef | undefined {
  const key = numberOf(annotation.lookup(name.StructParent));
  const ref = key === undefined ? undefined : tree.element(key);
  if (!ref || key === undefined) return undefined;
  const element = context.lookup(ref, PDFDict);
  const kids = kidsOf(element);
  const at = kids.findIndex((kid) => {
    const found = kid instanceof PDFRef ? context.lookup(kid) : kid;
    return found instanceof PDFDict && found.lookup(name.Obj) === annotation;
  });
  if (at < 0) return undefined;
  element.set(name.K, context.obj(kids.with(at, context.obj({ Type: 'MCR', Pg: page, MCID: number }))));
  if (attributes.field && !element.has(name.A)) element.set(name.A, fieldAttributes(context, attributes));
  tree.forget(key);
  return ref;
}

/** The elements that the parent tree lists for a page's content. */
export function listedOn(tree: StructureTree, leaf: PDFPageLeaf): PDFArray | undefined {
  const key = numberOf(leaf.lookup(name.StructParents));
  return key === undefined ? undefined : tree.listed(key);
}

/** Behind the last element of the page, or of the nearest page before it that has one. */
function placeOn(document: PDFDocument, tree: StructureTree, page: PDFPage): ReturnType<typeof placeAfter> {
  const pages = document.getPages();
  for (let at = pages.indexOf(page); at >= 0; at--) {
    const { node } = pages[at] ?? page;
    const last = listedOn(tree, node)
      ?.asArray()
      .findLast((entry) => entry instanceof PDFRef);
    if (last instanceof PDFRef) return placeAfter(document.context, tree, last);
  }
  return undefined;
}

/** A content's number is good for nothing twice. More than this many on a page are a crafted file's. */
const mostNumbers = 100_000;

/** The first number that no content of the page has, whether or not its structure knows of it. */
function firstFree(leaf: PDFPageLeaf, content: Uint8Array | undefined): number {
  let free = 0;
  const taken = (number: number): void => {
    if (number < mostNumbers) free = Math.max(free, number + 1);
  };
  const text = content ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1') : '';
  for (const [, digits] of text.matchAll(/\/MCID\s*(\d{1,9})/g)) taken(Number(digits));
  const properties = leaf.Resources()?.lookup(name.Properties);
  for (const [key] of properties instanceof PDFDict ? properties.entries() : []) {
    const list = properties instanceof PDFDict ? properties.lookup(key) : undefined;
    taken((list instanceof PDFDict ? numberOf(list.lookup(name.MCID)) : undefined) ?? -1);
  }
  return free;
}

/**
 * A page's content became a form: its elements find it there (14.7.5.2). The page keeps its list, since pdf.js knows no other and takes a
 * form's numbers for the page's.
 */
export function moveContent(document: PDFDocument, tree: StructureTree, page: PDFPage, form: PDFRef): void {
  const { context } = document;
  const listed = listedOn(tree, page.node);
  const stream = context.lookup(form);
  if (!listed || !(stream instanceof PDFStream)) return;
  stream.dict.set(name.StructParents, PDFNumber.of(tree.list(listed.clone(context))));
  for (const element of new Set(listed.asArray())) {
    const dict = element instanceof PDFRef ? context.lookup(element) : undefined;
    if (dict instanceof PDFDict) dict.set(name.K, context.obj(kidsOf(dict).map((kid) => inForm(context, dict, kid, page.ref, form))));
  }
}

function inForm(context: PDFContext, element: PDFDict, kid: ReturnType<typeof kidsOf>[number], page: PDFRef, form: PDFRef) {
  const found = kid instanceof PDFRef ? context.lookup(kid) : kid;
  if (found instanceof PDFNumber && element.get(name.Pg) === page) return context.obj({ Type: 'MCR', Pg: page, Stm: form, MCID: found });
  const onPage = found instanceof PDFDict && (found.get(name.Pg) ?? element.get(name.Pg)) === page;
  if (onPage && found.has(name.MCID) && !found.has(name.Stm)) {
    found.set(name.Pg, page);
    found.set(name.Stm, form);
  }
  return kid;
}
