import { decoded } from './inflate.ts';
import { type Budget, Lexer } from './lexer.ts';
import { type Dict, isCount, isDict, isList, nameOf, Unreadable, type Value } from './values.ts';

/** Where an object lies, as a cross-reference section says it (ISO 32000-2, 7.5.4 and 7.5.8). */
export type Entry =
  | { readonly kind: 'free' }
  | { readonly kind: 'at'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'in'; readonly container: number; readonly index: number };

export interface Section {
  readonly offset: number;
  /** After its trailer, or after the stream's `endobj`. */
  readonly end: number;
  readonly entries: ReadonlyMap<number, Entry>;
  readonly trailer: Dict;
  /** The section names an object twice, has a key twice, or leads to a second section that only some readers take (/XRefStm). */
  readonly isAmbiguous: boolean;
}

/** Sections, entries of one section, and the highest object number that are read. */
const most = { sections: 300, entries: 1_000_000, number: 8_388_607 };

/** The sections that this `startxref` leads to, newest first. */
export function sectionsFrom(bytes: Buffer, startxref: number, budget: Budget): Section[] {
  const sections: Section[] = [];
  const seen = new Set<number>();
  for (let at: number | undefined = startxref; at !== undefined; ) {
    if (seen.has(at)) throw new Unreadable('The cross-reference sections lead in a circle.');
    if (sections.length >= most.sections) throw new Unreadable(`The file has more than ${most.sections} cross-reference sections.`);
    seen.add(at);
    const section = sectionAt(bytes, at, budget);
    sections.push(section);
    at = offsetIn(section.trailer, 'Prev');
  }
  return sections;
}

function offsetIn({ entries }: Dict, key: string): number | undefined {
  const value = entries.get(key);
  if (value === undefined) return undefined;
  if (!isCount(value)) throw new Unreadable(`A trailer’s /${key} is no offset.`);
  return value;
}

function sectionAt(bytes: Buffer, offset: number, budget: Budget): Section {
  if (offset >= bytes.length) throw new Unreadable('A cross-reference section lies behind the end of the file.');
  const lexer = new Lexer(bytes, offset, budget);
  const section = lexer.takes('xref') ? tableAt(lexer, offset, budget) : streamAt(lexer, offset, budget);
  lexer.charge(offset);
  return section;
}

/** Collects entries; the first one for a number counts. */
function collector() {
  const entries = new Map<number, Entry>();
  let isAmbiguous = false;
  return {
    entries,
    isAmbiguous: () => isAmbiguous,
    add(number: number, entry: Entry): void {
      if (number > most.number || entries.size >= most.entries) throw new Unreadable('The file has more objects than are read.');
      if (entries.has(number)) isAmbiguous = true;
      else entries.set(number, entry);
    },
  };
}

function tableAt(lexer: Lexer, offset: number, budget: Budget): Section {
  const found = collector();
  while (!lexer.takes('trailer')) {
    const first = lexer.count();
    const count = lexer.count();
    for (let i = 0; i < count; i++) {
      const position = lexer.count();
      const generation = lexer.count();
      if (lexer.takes('n')) found.add(first + i, { kind: 'at', offset: position, generation });
      else if (lexer.takes('f')) found.add(first + i, { kind: 'free' });
      else throw new Unreadable('A cross-reference table has an entry that is neither free nor in use.');
    }
  }
  const trailer = lexer.value();
  if (!isDict(trailer)) throw new Unreadable('A cross-reference table has no trailer.');
  const end = lexer.at;
  const hybrid = offsetIn(trailer, 'XRefStm');
  if (hybrid === undefined) return { offset, end, entries: found.entries, trailer, isAmbiguous: found.isAmbiguous() || lexer.isAmbiguous };
  // Readers of PDF 1.5 and later take what the table leaves out or calls free from here (7.5.8.4).
  const hidden = streamAt(new Lexer(bytesOf(lexer, hybrid), hybrid, budget), hybrid, budget);
  const entries = new Map(found.entries);
  for (const [number, entry] of hidden.entries) if ((entries.get(number)?.kind ?? 'free') === 'free') entries.set(number, entry);
  return { offset, end, entries, trailer, isAmbiguous: true };
}

function bytesOf({ bytes }: Lexer, offset: number): Buffer {
  if (offset >= bytes.length) throw new Unreadable('A cross-reference section lies behind the end of the file.');
  return bytes;
}

function streamAt(lexer: Lexer, offset: number, budget: Budget): Section {
  lexer.count();
  lexer.count();
  lexer.expect('obj');
  const trailer = lexer.value();
  if (!isDict(trailer) || nameOf(trailer.entries.get('Type')) !== 'XRef')
    throw new Unreadable(`At byte ${offset}, where a cross-reference section should lie, there is none.`);
  const start = streamStart(lexer);
  const length = trailer.entries.get('Length');
  if (start === undefined || !isCount(length)) throw new Unreadable('A cross-reference stream has no data.');
  lexer.at = start + length;
  lexer.expect('endstream');
  lexer.expect('endobj');
  const found = collector();
  readRows(decoded(trailer, lexer.bytes.subarray(start, start + length), budget), trailer, found.add);
  return { offset, end: lexer.at, entries: found.entries, trailer, isAmbiguous: found.isAmbiguous() || lexer.isAmbiguous };
}

/** After a dictionary: where the data of a stream begin, or nothing where there is no stream (7.3.8.1). */
export function streamStart(lexer: Lexer): number | undefined {
  if (!lexer.takes('stream')) return undefined;
  const { bytes, at } = lexer;
  if (bytes[at] === 10) return at + 1;
  if (bytes[at] === 13 && bytes[at + 1] === 10) return at + 2;
  throw new Unreadable(`The word "stream" before byte ${at} is not followed by a line end.`);
}

function readRows(data: Buffer, { entries }: Dict, add: (number: number, entry: Entry) => void): void {
  const widths = countsIn(entries.get('W'));
  const [a = 0, b = 0, c = 0] = widths;
  const index = entries.has('Index') ? countsIn(entries.get('Index')) : [0, ...countsIn([entries.get('Size') ?? null])];
  if (widths.length !== 3 || widths.some((width) => width > 6) || a + b + c === 0 || index.length % 2)
    throw new Unreadable('A cross-reference stream does not say how its rows are written.');
  let at = 0;
  const field = (width: number): number => {
    const value = width > 0 ? data.readUIntBE(at, width) : 0;
    at += width;
    return value;
  };
  for (let i = 0; i < index.length; i += 2)
    for (let n = 0; n < (index[i + 1] ?? 0); n++) {
      if (at + a + b + c > data.length) throw new Unreadable('A cross-reference stream ends before its last row.');
      const type = a > 0 ? field(a) : 1;
      const [second, third] = [field(b), field(c)];
      add((index[i] ?? 0) + n, entryOf(type, second, third));
    }
}

function entryOf(type: number, second: number, third: number): Entry {
  if (type === 1) return { kind: 'at', offset: second, generation: third };
  // Any other type is a reference to nothing (7.5.8.3).
  return type === 2 ? { kind: 'in', container: second, index: third } : { kind: 'free' };
}

function countsIn(value: Value | undefined): number[] {
  const counts = isList(value) ? value.filter(isCount) : [];
  if (!isList(value) || counts.length !== value.length)
    throw new Unreadable('A cross-reference stream has a list that is not one of numbers.');
  return counts;
}
