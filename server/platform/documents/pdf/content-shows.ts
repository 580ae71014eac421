/** An operator of a page's content that shows text (ISO 32000-2, 9.4.3): where it stands, operands included, and what it shows. */
export interface Show {
  readonly start: number;
  readonly end: number;
  readonly operator: 'Tj' | 'TJ' | "'" | '"';
  readonly items: readonly (Buffer | number)[];
  /** Word and character spacing, as `"` sets them. */
  readonly spacing: readonly string[];
}

const showing = new Set(['Tj', 'TJ', "'", '"']);
type Operand = Buffer | number | string | readonly (Buffer | number)[];

/** All of them in order; nothing where the content cannot be told for certain, as where it holds the bytes of a picture. */
export function showsIn(content: Buffer): Show[] | undefined {
  const shows: Show[] = [];
  let operands: { value: Operand; start: number }[] = [];
  const read = reader(content);
  for (let token = read(); token !== undefined; token = read()) {
    if (token.kind === 'broken') return undefined;
    if (token.kind === 'operand') {
      operands.push(token);
      continue;
    }
    if (token.word === 'BI') return undefined;
    if (showing.has(token.word)) {
      const shown = operands.at(-1);
      const spacing = token.word === '"' ? operands.slice(-3, -1) : [];
      const items = shown?.value instanceof Buffer ? [shown.value] : shown?.value;
      if (!shown || !Array.isArray(items) || spacing.some(({ value }) => typeof value !== 'number')) return undefined;
      const start = (spacing[0] ?? shown).start;
      shows.push({
        start,
        end: token.end,
        operator: token.word as Show['operator'],
        items,
        spacing: spacing.map(({ value }) => String(value)),
      });
    }
    operands = [];
  }
  return shows;
}

type Token =
  | { readonly kind: 'operand'; readonly value: Operand; readonly start: number }
  | { readonly kind: 'operator'; readonly word: string; readonly end: number }
  | { readonly kind: 'broken' };

const white = new Set([0, 9, 10, 12, 13, 32]);
const delimiters = new Set(Buffer.from('()<>[]{}/%'));
const broken = { kind: 'broken' } as const;

function reader(content: Buffer): () => Token | undefined {
  let at = 0;
  const skip = (): void => {
    for (; at < content.length; at += 1) {
      if (content[at] === 0x25) while (at < content.length && content[at] !== 10 && content[at] !== 13) at += 1;
      else if (!white.has(content[at] ?? 0)) return;
    }
  };
  const word = (): string => {
    const start = at;
    while (at < content.length && !white.has(content[at] ?? 0) && !delimiters.has(content[at] ?? 0)) at += 1;
    return content.toString('latin1', start, at);
  };
  const next = (): Token | undefined => {
    skip();
    const start = at;
    const byte = content[at];
    if (byte === undefined) return undefined;
    const operand = (value: Operand | undefined): Token => (value === undefined ? broken : { kind: 'operand', value, start });
    if (byte === 0x28) return operand(literal());
    if (byte === 0x3c && content[at + 1] !== 0x3c) return operand(hexadecimal());
    if (byte === 0x5b) return operand(array());
    if (byte === 0x2f) {
      at += 1;
      return operand(`/${word()}`);
    }
    if (delimiters.has(byte)) {
      // Dictionaries of marked content: what is in them is no string that is shown.
      at += (byte === 0x3c || byte === 0x3e) && content[at + 1] === byte ? 2 : 1;
      return operand('');
    }
    const text = word();
    const number = Number(text);
    return text !== '' && Number.isFinite(number) && /^[+\-.\d]/.test(text) ? operand(number) : { kind: 'operator', word: text, end: at };
  };

  function array(): (Buffer | number)[] | undefined {
    at += 1;
    const items: (Buffer | number)[] = [];
    for (;;) {
      skip();
      if (content[at] === 0x5d) {
        at += 1;
        return items;
      }
      const token = next();
      if (token?.kind !== 'operand') return undefined;
      if (token.value instanceof Buffer || typeof token.value === 'number') items.push(token.value);
    }
  }

  function hexadecimal(): Buffer | undefined {
    const end = content.indexOf(0x3e, at);
    if (end < 0) return undefined;
    const digits = content.toString('latin1', at + 1, end).replace(/\s+/g, '');
    at = end + 1;
    return /^[\da-f]*$/i.test(digits) ? Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex') : undefined;
  }

  function literal(): Buffer | undefined {
    const bytes: number[] = [];
    let depth = 0;
    for (; at < content.length; at += 1) {
      const byte = content[at] ?? 0;
      if (byte === 0x28 && depth++ === 0) continue;
      if (byte === 0x29 && --depth === 0) {
        at += 1;
        return Buffer.from(bytes);
      }
      if (byte === 0x5c) escaped(bytes);
      // A line end in a string is a line feed, however it is written (7.3.4.2).
      else if (byte === 0x0d) {
        if (content[at + 1] === 0x0a) at += 1;
        bytes.push(0x0a);
      } else bytes.push(byte);
    }
    return undefined;
  }

  function escaped(bytes: number[]): void {
    at += 1;
    const byte = content[at] ?? 0;
    const octal = /^[0-7]{1,3}/.exec(content.toString('latin1', at, at + 3));
    const letter = 'nrtbf'.indexOf(String.fromCharCode(byte));
    if (octal) {
      bytes.push(Number.parseInt(octal[0], 8) & 0xff);
      at += octal[0].length - 1;
    } else if (letter >= 0) bytes.push([10, 13, 9, 8, 12][letter] ?? 0);
    else if (byte === 0x0d) at += content[at + 1] === 0x0a ? 1 : 0;
    else if (byte !== 0x0a) bytes.push(byte);
  }

  return next;
}

/**
 * The content without these glyphs, by operator and by their number in it, each with the width that stays free for it. Nothing where a code
 * does not have as many bytes as every other of its operator.
 */
export function withoutGlyphs(
  content: Buffer,
  shows: readonly Show[],
  gone: ReadonlyMap<number, { readonly count: number; readonly advances: ReadonlyMap<number, number> }>,
): Buffer | undefined {
  const parts: Buffer[] = [];
  let from = 0;
  for (const [at, { count, advances }] of gone) {
    const show = shows[at];
    const bytes = show?.items.reduce<number>((sum, item) => sum + (item instanceof Buffer ? item.length : 0), 0) ?? 0;
    const length = bytes / count;
    if (!show || (length !== 1 && length !== 2)) return undefined;
    parts.push(content.subarray(from, show.start), Buffer.from(rewritten(show, length, advances), 'latin1'));
    from = show.end;
  }
  return Buffer.concat([...parts, content.subarray(from)]);
}

function rewritten({ operator, items, spacing }: Show, length: number, advances: ReadonlyMap<number, number>): string {
  let glyph = 0;
  const array = items.map((item) => {
    if (!(item instanceof Buffer)) return String(item);
    let text = '';
    for (let at = 0; at < item.length; at += length, glyph += 1) {
      const advance = advances.get(glyph);
      text += advance === undefined ? `<${item.toString('hex', at, at + length)}>` : ` ${-Number(advance.toFixed(4))} `;
    }
    return text.replaceAll('><', '');
  });
  const [word, character] = spacing;
  const first = operator === '"' ? `${word} Tw ${character} Tc T* ` : operator === "'" ? 'T* ' : '';
  return `${first}[${array.join(' ')}] TJ`;
}
