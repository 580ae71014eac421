import { type Dict, type Name, type Ref, type Text, Unreadable, type Value } from './values.ts';

/** How much of a file is read at most, over all of its objects: bytes of syntax, values, and bytes that come out of Flate. */
export interface Budget {
  bytes: number;
  values: number;
  inflated: number;
}

const deepest = 100;
/** Bytes of a string in parentheses. */
const longest = 4 * 1024 * 1024;
const white = new Set([0, 9, 10, 12, 13, 32]);
const delimiters = new Set([...'()<>[]{}/%'].map((sign) => sign.charCodeAt(0)));
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const code = (sign: string): number => sign.charCodeAt(0);
const nothing: ReadonlyMap<string, Value> = new Map();

/** Reads PDF syntax (ISO 32000-2, 7.2 and 7.3) from `at` on; throws Unreadable where it is not what the standard writes. */
export class Lexer {
  readonly bytes: Buffer;
  at: number;
  /** A dictionary had a key twice: readers take the first or the last. */
  isAmbiguous = false;
  readonly #budget: Budget;

  constructor(bytes: Buffer, at: number, budget: Budget) {
    this.bytes = bytes;
    this.at = at;
    this.#budget = budget;
  }

  /** Passes white space and comments. */
  skip(): void {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at] ?? 0;
      if (byte === 0x25) while (this.at + 1 < bytes.length && bytes[this.at + 1] !== 10 && bytes[this.at + 1] !== 13) this.at++;
      else if (!white.has(byte)) return;
    }
  }

  /** Is this word next? Then it is passed. */
  takes(word: string): boolean {
    this.skip();
    const end = this.at + word.length;
    if (this.bytes.toString('latin1', this.at, end) !== word || !this.#isEnd(end)) return false;
    this.at = end;
    return true;
  }

  expect(word: string): void {
    if (!this.takes(word)) throw new Unreadable(`At byte ${this.at} stands no "${word}".`);
  }

  /** A number without sign or fraction, of 15 digits at most. */
  count(): number {
    this.skip();
    const start = this.at;
    while (isDigit(this.bytes[this.at] ?? 0) && this.at - start < 16) this.at++;
    if (this.at === start || this.at - start > 15 || !this.#isEnd(this.at))
      throw new Unreadable(`At byte ${start} stands no whole number.`);
    return Number(this.bytes.toString('latin1', start, this.at));
  }

  value(depth = 0): Value {
    if (depth > deepest) throw new Unreadable(`Objects are nested deeper than ${deepest}.`);
    if (--this.#budget.values < 0) throw new Unreadable('The file has more values than are read.');
    this.skip();
    const first = this.bytes[this.at] ?? -1;
    if (first === code('/')) return this.#name();
    if (first === code('(')) return this.#literal();
    if (first === code('[')) return this.#list(depth);
    if (first === code('<')) return this.bytes[this.at + 1] === first ? this.#dict(depth) : this.#hex();
    if (isDigit(first) || '+-.'.includes(String.fromCharCode(first))) return this.#numberOrRef();
    if (this.takes('true')) return true;
    if (this.takes('false')) return false;
    if (this.takes('null')) return null;
    throw new Unreadable(`At byte ${this.at} stands nothing that is an object.`);
  }

  /** Counts what was read since `start`. */
  charge(start: number): void {
    this.#budget.bytes -= this.at - start;
    if (this.#budget.bytes < 0) throw new Unreadable('The objects of the file overlap, or are longer than are read.');
  }

  #isEnd(at: number): boolean {
    const byte = this.bytes[at];
    return byte === undefined || white.has(byte) || delimiters.has(byte);
  }

  #name(): Name {
    const start = ++this.at;
    while (!this.#isEnd(this.at)) this.at++;
    const raw = this.bytes.toString('latin1', start, this.at);
    return { kind: 'name', name: raw.replace(/#([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) };
  }

  #list(depth: number): Value[] {
    this.at++;
    const list: Value[] = [];
    for (;;) {
      this.skip();
      if (this.bytes[this.at] === code(']')) break;
      list.push(this.value(depth + 1));
    }
    this.at++;
    return list;
  }

  #dict(depth: number): Dict {
    this.at += 2;
    const entries = new Map<string, Value>();
    for (;;) {
      this.skip();
      if (this.bytes[this.at] === code('>') && this.bytes[this.at + 1] === code('>')) break;
      if (this.bytes[this.at] !== code('/')) throw new Unreadable(`At byte ${this.at} stands no key.`);
      const { name } = this.#name();
      if (entries.has(name)) this.isAmbiguous = true;
      entries.set(name, this.value(depth + 1));
    }
    this.at += 2;
    return { kind: 'dict', entries: entries.size > 0 ? entries : nothing };
  }

  #numberOrRef(): number | Ref {
    const [written = ''] = /^[+-]?(\d+\.?\d*|\.\d+)/.exec(this.bytes.toString('latin1', this.at, this.at + 40)) ?? [];
    const after = this.at + written.length;
    if (written === '' || !this.#isEnd(after)) throw new Unreadable(`At byte ${this.at} stands no number.`);
    this.at = after;
    if (!/^\d{1,10}$/.test(written)) return Number(written);
    const [rest, generation] = /^[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R/.exec(this.bytes.toString('latin1', after, after + 24)) ?? [];
    if (rest === undefined || !this.#isEnd(after + rest.length)) return Number(written);
    this.at = after + rest.length;
    return { kind: 'ref', number: Number(written), generation: Number(generation) };
  }

  #hex(): Text {
    const start = this.at;
    const close = this.bytes.indexOf('>', start);
    const digits = close < 0 ? '?' : this.bytes.toString('latin1', start + 1, close).replace(/[\0\t\n\f\r ]+/g, '');
    if (!/^[0-9a-f]*$/i.test(digits)) throw new Unreadable(`At byte ${start} stands no hexadecimal string.`);
    this.at = close + 1;
    return { kind: 'text', bytes: Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex'), start, end: this.at };
  }

  #literal(): Text {
    const start = this.at++;
    const decoded: number[] = [];
    for (let open = 1; open > 0; ) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || decoded.length > longest) throw new Unreadable(`The string at byte ${start} has no end, or is too long.`);
      if (byte === code('(')) open++;
      if (byte === code(')')) open--;
      if (byte === code('\\')) this.#escape(decoded);
      else if (open > 0) decoded.push(byte);
    }
    return { kind: 'text', bytes: Buffer.from(decoded), start, end: this.at };
  }

  #escape(decoded: number[]): void {
    const [octal] = /^[0-7]{1,3}/.exec(this.bytes.toString('latin1', this.at, this.at + 3)) ?? [];
    const byte = this.bytes[this.at] ?? 0;
    this.at += octal?.length ?? 1;
    const sign = 'nrtbf'.indexOf(String.fromCharCode(byte));
    if (octal !== undefined) decoded.push(Number.parseInt(octal, 8) & 0xff);
    else if (sign >= 0) decoded.push([10, 13, 9, 8, 12][sign] ?? 0);
    else if (byte === 13 && this.bytes[this.at] === 10) this.at++;
    else if (byte !== 13 && byte !== 10) decoded.push(byte);
  }
}
