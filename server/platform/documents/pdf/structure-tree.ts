import {
  PDFArray,
  type PDFContext,
  PDFDict,
  type PDFDocument,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRef,
  PDFStream,
} from '@cantoo/pdf-lib';
import { numberTree, readNumberTree } from './number-tree.ts';

/** A document's structure tree (ISO 32000-2, 14.7.2) as it is, or the beginning of one; changed in place. */
export interface StructureTree {
  readonly ref: PDFRef;
  readonly root: PDFDict;
  /** What is listed under a key of the parent tree (14.7.5.4). */
  listed(key: number): PDFArray | undefined;
  /** The element under a key: that of an annotation. */
  element(key: number): PDFRef | undefined;
  /** Lists these under a key of their own. */
  list(elements: PDFArray): number;
  forget(key: number): void;
  /** The type of an element: its own, or the standard one that it stands for (14.7.3). */
  typeOf(element: PDFDict): string;
  write(): void;
}

const name = {
  K: PDFName.of('K'),
  P: PDFName.of('P'),
  S: PDFName.of('S'),
  ParentTree: PDFName.of('ParentTree'),
  ParentTreeNextKey: PDFName.of('ParentTreeNextKey'),
  RoleMap: PDFName.of('RoleMap'),
  StructParent: PDFName.of('StructParent'),
  StructParents: PDFName.of('StructParents'),
  StructTreeRoot: PDFName.of('StructTreeRoot'),
} as const;

export const hasStructure = ({ catalog }: PDFDocument): boolean => catalog.lookup(name.StructTreeRoot) instanceof PDFDict;

export function openStructureTree({ context, catalog }: PDFDocument): StructureTree {
  const given = catalog.get(name.StructTreeRoot);
  const found = catalog.lookup(name.StructTreeRoot);
  const root: PDFDict = found instanceof PDFDict ? found : context.obj({ Type: 'StructTreeRoot' });
  const ref = found === root && given instanceof PDFRef ? given : context.register(root);
  catalog.set(name.StructTreeRoot, ref);
  const { entries, nodes } = readNumberTree(context, root.get(name.ParentTree));
  // Readers that find no parent tree look through the whole structure instead; one of ours alone would hide the rest.
  const unlisted = !root.has(name.ParentTree) && kidsOf(root).length > 0;
  let next = Math.max(0, numberOf(root.lookup(name.ParentTreeNextKey)) ?? 0);
  for (const keys of [entries.keys(), keysIn(context)]) for (const key of keys) next = Math.max(next, key + 1);
  const roles = root.lookup(name.RoleMap);
  return {
    ref,
    root,
    listed(key) {
      const value = entries.get(key);
      const array = value instanceof PDFRef ? context.lookup(value) : value;
      return array instanceof PDFArray ? array : undefined;
    },
    element(key) {
      const value = entries.get(key);
      return value instanceof PDFRef && context.lookup(value) instanceof PDFDict ? value : undefined;
    },
    list(elements) {
      entries.set(next, elements);
      return next++;
    },
    forget: (key) => void entries.delete(key),
    typeOf(element) {
      let type = element.lookup(name.S);
      // A chain of eight is longer than any in use, and a crafted one may be a circle.
      for (let step = 0; step < 8 && type instanceof PDFName && roles instanceof PDFDict; step++) type = roles.lookup(type) ?? type;
      return type instanceof PDFName ? type.decodeText() : '';
    },
    write() {
      if (unlisted) return;
      for (const node of nodes) context.delete(node);
      root.set(name.ParentTree, context.register(numberTree(context, entries)));
      root.set(name.ParentTreeNextKey, PDFNumber.of(next));
    },
  };
}

/** The keys that pages, forms and annotations have, listed or not: Chromium gives every page one, in files without a structure too. */
function* keysIn(context: PDFContext): Generator<number> {
  for (const [, object] of context.enumerateIndirectObjects()) {
    const dict = object instanceof PDFStream ? object.dict : object;
    if (!(dict instanceof PDFDict)) continue;
    yield Math.max(numberOf(dict.lookup(name.StructParents)) ?? -1, numberOf(dict.lookup(name.StructParent)) ?? -1);
  }
}

/** The children of an element or of the root, in order. */
export function kidsOf(dict: PDFDict): PDFObject[] {
  const kids = dict.lookup(name.K);
  if (kids instanceof PDFArray) return kids.asArray();
  const only = dict.get(name.K);
  return kids === undefined || only === undefined ? [] : [only];
}

/** Adds a child after another, or as the last. */
export function addKid(context: PDFContext, dict: PDFDict, kid: PDFRef, after?: PDFRef): void {
  const found = dict.lookup(name.K);
  const kids = found instanceof PDFArray ? found : context.obj(kidsOf(dict));
  if (kids !== found) dict.set(name.K, kids);
  const at = after ? kids.indexOf(after) : undefined;
  if (at === undefined) kids.push(kid);
  else kids.insert(at + 1, kid);
}

/** Elements that have others within them, one after the other (14.8.4.4). */
const grouping = new Set(['Document', 'DocumentFragment', 'Part', 'Art', 'Sect', 'Div']);

/** Where in the structure something that comes after an element belongs: what has that element, or one around it, among its children. */
export function placeAfter(context: PDFContext, tree: StructureTree, element: PDFRef): { parent: PDFRef; after: PDFRef } | undefined {
  let after = element;
  // 100 levels: a page of a program that nests everything has thirty, and a crafted one may be a circle.
  for (let level = 0; level < 100; level++) {
    const dict = context.lookup(after);
    const parent = dict instanceof PDFDict ? dict.get(name.P) : undefined;
    const above = parent instanceof PDFRef ? context.lookup(parent) : undefined;
    if (!(parent instanceof PDFRef && above instanceof PDFDict)) return undefined;
    const groups = parent === tree.ref || grouping.has(tree.typeOf(above));
    if (groups && kidsOf(above).includes(after)) return { parent, after };
    after = parent;
  }
  return undefined;
}

/** A key or a content's number: whole, and not so large that counting on from it is beyond what readers take for an integer. */
export function numberOf(value: PDFObject | undefined): number | undefined {
  const number = value instanceof PDFNumber ? value.asNumber() : -1;
  return Number.isInteger(number) && number >= 0 && number < 2 ** 30 ? number : undefined;
}
