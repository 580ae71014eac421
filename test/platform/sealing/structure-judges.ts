import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { type Body, catalog, font, pdf, stream } from '../../fixtures/pdf/build.ts';
import type { Judges } from '../world/judges.ts';

/** What pdf.js finds in each page's structure: a line for each element, as far in as it is deep, with what it says. */
export async function structuresByPdfJs(bytes: Uint8Array): Promise<string[]> {
  const task = getDocument({ data: Uint8Array.from(bytes), useWasm: false, verbosity: 0 });
  const document = await task.promise;
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent({ includeMarkedContent: true });
    const open: string[] = [];
    const texts = new Map<string, string>();
    for (const item of items)
      if ('str' in item) texts.set(open.at(-1) ?? '', `${texts.get(open.at(-1) ?? '') ?? ''}${item.str}`);
      else if (item.type === 'endMarkedContent') open.pop();
      else open.push(item.id ?? '');
    const lines: string[] = [];
    told((await page.getStructTree()) as Told | null, 0, texts, lines);
    pages.push(lines.join('\n'));
  }
  await task.destroy();
  return pages;
}

interface Told {
  readonly role?: string;
  readonly alt?: string;
  readonly lang?: string;
  readonly scope?: string;
  readonly type?: string;
  readonly id?: string;
  readonly children?: readonly Told[];
}

function told(node: Told | null, depth: number, texts: ReadonlyMap<string, string>, lines: string[]): void {
  if (!node?.children) return;
  const { role, alt, lang, scope, children } = node;
  const said = children.flatMap(({ type, id }) => (type === 'content' && texts.get(id ?? '')) || []).join('');
  const more = [alt && `(${alt})`, lang && `[${lang}]`, scope && `^${scope}`, said.trim() && JSON.stringify(said.trim())];
  lines.push([`${' '.repeat(depth)}${role}`, ...more.filter(Boolean)].join(' '));
  for (const child of children) told(child, depth + 1, texts, lines);
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Dict = { readonly [key: string]: Json };

/**
 * What is wrong with a file's structure (ISO 32000-2, 14.7), as qpdf reads the file: parents that do not have their children, content that no
 * element has or two have, numbers that the parent tree has for somebody else.
 */
export function faultsOfStructure(judge: Judges, bytes: Uint8Array): string[] {
  const path = judge.keep('structure.pdf', bytes);
  const json = JSON.parse(judge.qpdf('--json=2', '--json-stream-data=inline', '--decode-level=generalized', path));
  const objects: Readonly<Record<string, { value?: Json; stream?: { dict: Dict; data: string } }>> = json.qpdf[1];
  const found = (value: Json | undefined): Json | undefined => {
    const object = typeof value === 'string' ? objects[`obj:${value}`] : undefined;
    return object ? (object.stream?.dict ?? object.value) : value;
  };
  const dict = (value: Json | undefined): Dict => (found(value) ?? {}) as Dict;
  const list = (value: Json | undefined): readonly Json[] => {
    const array = found(value);
    return array === undefined || array === null ? [] : Array.isArray(array) ? array : [value as Json];
  };
  const faults: string[] = [];
  const catalog = dict(dict(objects.trailer?.value)['/Root']);
  const root = catalog['/StructTreeRoot'];
  const owners = new Map<string, string>();
  const seen = new Set<string>();
  const walk = (ref: Json | undefined): void => {
    const element = dict(ref);
    for (const kid of list(element['/K'])) {
      const value = found(kid);
      const own = typeof value === 'number' ? { '/Type': '/MCR', '/MCID': value } : (value as Dict);
      if (own['/Type'] === '/MCR') {
        const key = `${own['/Stm'] ?? own['/Pg'] ?? element['/Pg']} ${own['/MCID']}`;
        if (owners.has(key)) faults.push(`two elements have ${key}`);
        owners.set(key, String(ref));
      } else if (own['/Type'] !== '/OBJR') {
        if (own['/P'] !== ref) faults.push(`${kid} has another parent than ${ref}`);
        if (typeof own['/S'] !== 'string') faults.push(`${kid} has no type`);
        if (seen.has(String(kid))) faults.push(`${kid} is there twice`);
        else seen.add(String(kid)) && walk(kid);
      }
    }
  };
  walk(root);
  const parents = new Map<number, Json>();
  const readTree = (node: Dict, limits?: readonly Json[]): void => {
    const pairs = list(node['/Nums']);
    for (let i = 0; i < pairs.length; i += 2) {
      const key = Number(pairs[i]);
      if (limits && !(key >= Number(limits[0]) && key <= Number(limits[1]))) faults.push(`${key} lies outside ${limits}`);
      if (parents.has(key)) faults.push(`${key} is in the parent tree twice`);
      parents.set(key, pairs[i + 1] ?? null);
    }
    for (const kid of list(node['/Kids'])) readTree(dict(kid), list(dict(kid)['/Limits']));
  };
  readTree(dict(dict(root)['/ParentTree']));
  const streamText = (ref: Json): string => Buffer.from(objects[`obj:${ref}`]?.stream?.data ?? '', 'base64').toString('latin1');
  const judged = (name: Json, holder: Dict, content: string): void => {
    const numbers = [...content.matchAll(/\/MCID\s*(\d+)/g)].map(([, digits]) => Number(digits));
    if (new Set(numbers).size < numbers.length) faults.push(`${name} uses a number twice`);
    const listed = typeof holder['/StructParents'] === 'number' ? list(parents.get(holder['/StructParents'])) : [];
    for (const number of numbers)
      if (owners.get(`${name} ${number}`) !== listed[number]) faults.push(`${name}: ${number} is ${listed[number]} for the parent tree`);
    for (const key of owners.keys())
      if (key.startsWith(`${name} `) && !numbers.includes(Number(key.slice(`${name} `.length)))) faults.push(`${key} is not drawn`);
  };
  const keys = (json.pages as { object: string }[]).flatMap(({ object }) => dict(object)['/StructParents'] ?? []);
  if (new Set(keys).size < keys.length) faults.push('two pages have one key');
  for (const { object } of json.pages as { object: string }[])
    judged(object, dict(object), list(dict(object)['/Contents']).map(streamText).join('\n'));
  for (const [key, { stream: form }] of Object.entries(objects))
    if (form?.dict['/StructParents'] !== undefined) judged(key.slice(4), form.dict, streamText(key.slice(4)));
  return faults;
}

/** What is drawn on the last pages from this one, and belongs to no element and is no artifact either. */
export function untaggedOn(judge: Judges, bytes: Uint8Array, from: number): string {
  const path = judge.keep('untagged.pdf', bytes);
  const json = JSON.parse(judge.qpdf('--json=2', '--json-stream-data=inline', '--decode-level=generalized', path));
  const pages = (json.pages as { contents: string[] }[]).slice(from - 1);
  const content = pages.flatMap(({ contents }) =>
    contents.map((ref) => Buffer.from(json.qpdf[1][`obj:${ref}`].stream.data, 'base64').toString('latin1')),
  );
  const outside = content.join('\n').replace(/\/\w+\s*(<<.*?>>\s*BDC|BMC)[\s\S]*?EMC/g, '');
  return (outside.match(/.*\b(TJ|Tj|Do|f|S)\b.*/g) ?? []).join('\n');
}

/** A tagged page: a heading and a paragraph; `change` says what of it is otherwise. From object 6: root, document, heading, paragraph. */
export function taggedPage(
  change: {
    readonly content?: Body;
    readonly root?: string;
    readonly parents?: string;
    readonly catalog?: string;
    readonly page?: string;
    /** Further children of the document. */
    readonly kids?: string;
    readonly paragraph?: string;
    /** Further objects, from 10. */
    readonly more?: readonly Body[];
  } = {},
): Buffer {
  const words =
    '/H1 <</MCID 0>> BDC BT /F1 24 Tf 72 700 Td (The lease) Tj ET EMC\n/P <</MCID 1>> BDC BT /F1 12 Tf 72 600 Td (is agreed.) Tj ET EMC';
  return pdf([
    catalog(`/StructTreeRoot 6 0 R/MarkInfo<</Marked true>>/Lang(sv)${change.catalog ?? ''}`),
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/StructParents 0${change.page ?? ''}>>`,
    stream(change.content ?? words),
    font,
    `<</Type/StructTreeRoot/K 7 0 R${change.root ?? `/ParentTree<</Nums[0 ${change.parents ?? '[8 0 R 9 0 R]'}]>>/ParentTreeNextKey 1`}>>`,
    `<</Type/StructElem/S/Document/P 6 0 R/K[8 0 R 9 0 R ${change.kids ?? ''}]>>`,
    '<</Type/StructElem/S/H1/P 7 0 R/Pg 3 0 R/K 0>>',
    change.paragraph ?? '<</Type/StructElem/S/P/P 7 0 R/Pg 3 0 R/K[1]>>',
    ...(change.more ?? []),
  ]);
}
