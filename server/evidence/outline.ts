import type { View } from './objects.ts';
import { type Dict, isDict, isList, isRef, isStream, isText, nameOf, Unreadable, type Value } from './values.ts';

/** The objects that have a part of their own in a document, by number: found by the ways that a reader takes. */
export interface Outline {
  readonly catalog: number;
  readonly form: Value;
  /** In the order of the pages. */
  readonly pages: readonly number[];
  /** Nodes of the page tree that are no pages. */
  readonly nodes: readonly number[];
  readonly annotations: ReadonlySet<number>;
  /** Every field and every widget below one. */
  readonly fields: ReadonlyMap<number, Field>;
}

export interface Field {
  readonly number: number;
  /** Fully qualified (ISO 32000-2, 12.7.4.2), of printable characters. */
  readonly name: string;
  /** Its own /FT, or the one that it inherits. */
  readonly type: string | undefined;
}

export const dictOf = (view: View, value: Value | undefined): Dict | undefined => {
  const found = view.resolve(value);
  if (isStream(found)) return found.dict;
  return isDict(found) ? found : undefined;
};

export function outlineOf(view: View): Outline {
  const root = view.trailer.entries.get('Root');
  const catalog = dictOf(view, root);
  if (!isRef(root) || !catalog) throw new Unreadable('The file has no catalog.');
  if (view.trailer.entries.has('Encrypt')) throw new Unreadable('The file is encrypted.');
  const { pages, nodes } = pagesOf(view, catalog.entries.get('Pages'));
  const form = view.resolve(catalog.entries.get('AcroForm'));
  return {
    catalog: root.number,
    form,
    pages,
    nodes,
    annotations: new Set(pages.flatMap((page) => refsIn(view, dictOf(view, view.object(page))?.entries.get('Annots')))),
    fields: isDict(form) ? fieldsOf(view, form.entries.get('Fields')) : new Map(),
  };
}

/** The numbers that a list refers to; what else it holds is left out. */
export function refsIn(view: View, value: Value | undefined): number[] {
  const list = view.resolve(value);
  return isList(list) ? list.filter(isRef).map(({ number }) => number) : [];
}

function pagesOf(view: View, root: Value | undefined): { pages: number[]; nodes: number[] } {
  const pages: number[] = [];
  const nodes: number[] = [];
  const seen = new Set<number>();
  const open = isRef(root) ? [root.number] : [];
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    if (seen.has(number)) throw new Unreadable('The page tree leads to the same page twice.');
    seen.add(number);
    const node = dictOf(view, view.object(number));
    if (!node?.entries.has('Kids')) pages.push(number);
    else {
      nodes.push(number);
      open.push(...refsIn(view, node.entries.get('Kids')).reverse());
    }
  }
  return { pages, nodes };
}

function fieldsOf(view: View, roots: Value | undefined): Map<number, Field> {
  const fields = new Map<number, Field>();
  const open: { number: number; above: Field | undefined }[] = refsIn(view, roots).map((number) => ({ number, above: undefined }));
  // What is found is put at the end, and taken in its turn.
  for (const { number, above } of open) {
    const entries = dictOf(view, view.object(number))?.entries;
    if (fields.has(number) || !entries) continue;
    const part = entries.get('T');
    const name = [...(above ? [above.name] : []), ...(isText(part) ? [textOf(part.bytes)] : [])].join('.');
    const field = { number, name, type: nameOf(view.resolve(entries.get('FT'))) ?? above?.type };
    fields.set(number, field);
    for (const kid of refsIn(view, entries.get('Kids'))) open.push({ number: kid, above: field });
  }
  return fields;
}

/** PDF text as far as names of fields need it (7.9.2.2): UTF-16 and UTF-8 by their marks, else Latin; 200 printable characters of it. */
function textOf(bytes: Buffer): string {
  const isWide = bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0;
  const isUtf8 = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const narrow = isUtf8 ? bytes.toString('utf8', 3, 1000) : bytes.toString('latin1', 0, 400);
  const text = isWide ? Buffer.from(bytes.subarray(2, 402)).swap16().toString('utf16le') : narrow;
  return text.replace(/\p{C}/gu, '�').slice(0, 200);
}
