import { decoded } from './inflate.ts';
import { type Budget, Lexer } from './lexer.ts';
import { type Revision, revisionsOf } from './revisions.ts';
import { type Entry, streamStart } from './sections.ts';
import { type Dict, isCount, isDict, isRef, isStream, nameOf, type Stream, Unreadable, type Value } from './values.ts';

/** The file as it was at one revision: what a reader sees who got it then. */
export interface View {
  /** Counts from 1. */
  readonly number: number;
  readonly trailer: Dict;
  /** Where the object lies, or nothing where there is none. */
  place(number: number): Exclude<Entry, { kind: 'free' }> | undefined;
  /** Null where there is no such object. A wrong place, a wrong number, a stream without end: Unreadable. */
  object(number: number): Value;
  /** The value itself, or what it refers to; a reference to a reference is not followed further. */
  resolve(value: Value | undefined): Value;
  /** A stream's data as they are written. */
  data(stream: Stream): Buffer;
  /** From where to where the object is written; only for one that lies in no object stream. */
  span(number: number): { start: number; end: number };
  /** Does the object have a dictionary with a key twice? */
  isAmbiguous(number: number): boolean;
  /** Numbers that an object stream holds. */
  numbersIn(container: number): number[];
}

export interface OpenedFile {
  readonly bytes: Buffer;
  readonly revisions: readonly Revision[];
  view(number: number): View;
}

/** Objects in one object stream. */
const mostHeld = 200_000;
/** Larger files are not read. */
const largest = 100 * 1024 * 1024;

/** Opens a PDF by its cross-reference sections alone; nothing is searched for or mended. Throws Unreadable. */
export function openFile(given: Uint8Array): OpenedFile {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length > largest) throw new Unreadable(`The file has more than ${largest} bytes.`);
  if (bytes.toString('latin1', 0, 5) !== '%PDF-') throw new Unreadable('The file does not begin as a PDF.');
  const budget: Budget = { bytes: 3 * bytes.length + 1_000_000, values: 4_000_000, inflated: 128 * 1024 * 1024 };
  const revisions = revisionsOf(bytes, budget);
  const parsed = parser(bytes, budget);
  const views = revisions.map((_, i) => viewOf(revisions.slice(0, i + 1), parsed, bytes));
  return {
    bytes,
    revisions,
    view(number) {
      const view = views[number - 1];
      if (!view) throw new Unreadable(`There is no revision ${number}.`);
      return view;
    },
  };
}

interface Parsed {
  readonly number: number;
  readonly generation: number;
  readonly value: Value;
  /** After the value: where `endobj` is expected, unless it is a stream. */
  readonly end: number;
  readonly isAmbiguous: boolean;
}

interface Container {
  readonly numbers: readonly number[];
  value(index: number): { value: Value; isAmbiguous: boolean };
}

/** Reads each object once, by where it lies. */
function parser(bytes: Buffer, budget: Budget) {
  const objects = new Map<number, Parsed>();
  const containers = new Map<number, Container>();
  return {
    at(offset: number): Parsed {
      const known = objects.get(offset);
      if (known) return known;
      const parsed = parseObject(bytes, offset, budget);
      objects.set(offset, parsed);
      return parsed;
    },
    container(offset: number, stream: Stream, data: Buffer): Container {
      const known = containers.get(offset);
      if (known) return known;
      const container = openContainer(stream, data, budget);
      containers.set(offset, container);
      return container;
    },
    lexer: (at: number) => new Lexer(bytes, at, budget),
  };
}
type Parser = ReturnType<typeof parser>;

function parseObject(bytes: Buffer, offset: number, budget: Budget): Parsed {
  const lexer = new Lexer(bytes, offset, budget);
  const number = lexer.count();
  const generation = lexer.count();
  lexer.expect('obj');
  const value = lexer.value();
  const start = isDict(value) ? streamStart(lexer) : undefined;
  lexer.charge(offset);
  const whole: Value = isDict(value) && start !== undefined ? { kind: 'stream', dict: value, start } : value;
  return { number, generation, value: whole, end: lexer.at, isAmbiguous: lexer.isAmbiguous };
}

/** An object stream (ISO 32000-2, 7.5.7). */
function openContainer({ dict }: Stream, raw: Buffer, budget: Budget): Container {
  const data = decoded(dict, raw, budget);
  const [count, first] = [dict.entries.get('N'), dict.entries.get('First')];
  if (nameOf(dict.entries.get('Type')) !== 'ObjStm' || !isCount(count) || !isCount(first) || count > mostHeld)
    throw new Unreadable('An object lies in a stream that is no object stream.');
  const head = new Lexer(data, 0, budget);
  const pairs = Array.from({ length: count }, () => [head.count(), head.count()] as const);
  head.charge(0);
  return {
    numbers: pairs.map(([number]) => number),
    value(index) {
      const from = first + (pairs[index]?.[1] ?? data.length);
      const lexer = new Lexer(data, from, budget);
      const value = lexer.value();
      lexer.charge(from);
      return { value, isAmbiguous: lexer.isAmbiguous };
    },
  };
}

function viewOf(revisions: readonly Revision[], parsed: Parser, bytes: Buffer): View {
  const { end = 0, trailer = { kind: 'dict', entries: new Map() } satisfies Dict } = revisions.at(-1) ?? {};
  const held = new Map<number, { value: Value; isAmbiguous: boolean }>();

  function place(number: number) {
    for (let i = revisions.length - 1; i >= 0; i--) {
      const entry = revisions[i]?.entries.get(number);
      if (entry) return entry.kind === 'free' ? undefined : entry;
    }
    return undefined;
  }

  function parsedAt(number: number, entry: Entry & { kind: 'at' }): Parsed {
    const found = entry.offset < end ? parsed.at(entry.offset) : undefined;
    if (found?.number !== number || found.generation !== entry.generation || found.end > end)
      throw new Unreadable(`Object ${number} is not where the cross-reference section says.`);
    return found;
  }

  function containerOf(number: number): Container {
    const entry = place(number);
    const stream = entry?.kind === 'at' ? parsedAt(number, entry).value : null;
    if (entry?.kind !== 'at' || !isStream(stream)) throw new Unreadable(`Object ${number} is no object stream.`);
    return parsed.container(entry.offset, stream, view.data(stream));
  }

  function compressed(number: number, { container, index }: Entry & { kind: 'in' }) {
    const known = held.get(number);
    if (known) return known;
    const inside = containerOf(container);
    if (inside.numbers[index] !== number) throw new Unreadable(`Object ${number} is not in the object stream that should hold it.`);
    const found = inside.value(index);
    held.set(number, found);
    return found;
  }

  function find(number: number): { value: Value; isAmbiguous: boolean } {
    const entry = place(number);
    if (!entry) return { value: null, isAmbiguous: false };
    return entry.kind === 'at' ? parsedAt(number, entry) : compressed(number, entry);
  }

  function endOfStream({ dict, start }: Stream): number {
    const length = view.resolve(dict.entries.get('Length'));
    if (!isCount(length) || start + length > end) throw new Unreadable(`The stream at byte ${start} does not say how long it is.`);
    return start + length;
  }

  const view: View = {
    number: revisions.length,
    trailer,
    place,
    object: (number) => find(number).value,
    resolve: (value) => (isRef(value) ? find(value.number).value : (value ?? null)),
    data: (stream) => bytes.subarray(stream.start, endOfStream(stream)),
    span(number) {
      const entry = place(number);
      if (entry?.kind !== 'at') throw new Unreadable(`Object ${number} lies in no place of its own.`);
      const { value, end: after } = parsedAt(number, entry);
      const lexer = parsed.lexer(isStream(value) ? endOfStream(value) : after);
      if (isStream(value)) lexer.expect('endstream');
      lexer.expect('endobj');
      return { start: entry.offset, end: lexer.at };
    },
    isAmbiguous: (number) => find(number).isAmbiguous,
    numbersIn: (container) => [...containerOf(container).numbers],
  };
  return view;
}
