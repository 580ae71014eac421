/** What an operator finds before it (ISO 32000-2, 7.8.2). */
export interface Operands {
  readonly count: number;
  /** By a letter each: number, Name, string, array, dictionary, word (`true`, `null`, a number that is misspelt). */
  readonly kinds: string;
  /** Whether the last one, a string or an array, has a character that can be shown. */
  readonly shows: boolean;
  name(index: number): string;
  /** As it is written. */
  text(index: number): string;
  number(index: number): number;
}

/** What each operator wants (annex A): letters as of `Operands.kinds`, `x` for anything; `+` for as many numbers as there are colour components. */
const wanted: Readonly<Record<string, string>> = Object.fromEntries(
  `w:n J:n j:n M:n d:an ri:N i:n gs:N q: Q: cm:nnnnnn m:nn l:nn c:nnnnnn v:nnnn y:nnnn h: re:nnnn S: s: f: F: f*: B: B*: b: b*: n: W: W*:
  BT: ET: Tc:n Tw:n Tz:n TL:n Tf:Nn Tr:n Ts:n Td:nn TD:nn Tm:nnnnnn T*: Tj:s TJ:a ':s ":nns d0:nn d1:nnnnnn CS:N cs:N SC:+ sc:+ SCN:+N scn:+N
  G:n g:n RG:nnn rg:nnn K:nnnn k:nnnn sh:N EI: Do:N MP:N DP:Nx BMC:N BDC:Nx EMC: BX: EX:`
    .split(/\s+/)
    .map((pair) => pair.split(/:(?=[a-zN+]*$)/) as [string, string]),
);
/** Those that draw nothing: what stands before them too much harms nobody. */
const idle = new Set(['MP', 'DP', 'BMC', 'BDC', 'ri', 'i']);

/** Does the operator have what it wants, and nothing else? Readers take the first operands, the last, or none where there are others. */
export function isComplete(operator: string, { kinds }: Operands): boolean {
  const want = wanted[operator];
  if (want === undefined) return false;
  if (want === '' || idle.has(operator)) return true;
  if (want.startsWith('+')) return (want === '+N' ? /^n*N?$/ : /^n+$/).test(kinds) && kinds !== '';
  return kinds === want;
}

export const isOperator = (word: string): boolean => Object.hasOwn(wanted, word);

/** By byte: 1 for white space, 2 for delimiters (7.2.3). */
const classes = new Uint8Array(256);
for (const byte of [0, 9, 10, 12, 13, 32]) classes[byte] = 1;
for (const byte of Buffer.from('()<>[]{}/%')) classes[byte] = 2;
const numeric = new Uint8Array(256);
for (const byte of Buffer.from('+-.0123456789')) numeric[byte] = 1;
const words = new Set(['true', 'false', 'null']);

/** Signs, then digits with a point at most: of anything else readers make numbers of their own. */
function isNumber(content: Buffer, start: number, end: number): boolean {
  let at = start;
  while (content[at] === 0x2b || content[at] === 0x2d) at += 1;
  for (let points = 0; at < end; at += 1) {
    const byte = content[at] as number;
    if (byte === 0x2e) points += 1;
    else if (byte < 0x30 || byte > 0x39) return false;
    if (points > 1) return false;
  }
  return true;
}

/**
 * Goes through a content, operator by operator. The data of inline pictures is skipped, as far as pdf.js does, and `picture` told
 * of them and of what stands between BI and ID. False where a string or an array does not end.
 */
export function scan(
  content: Buffer,
  visit: (operator: string, operands: Operands) => void,
  picture: (operands: Operands, data: Buffer) => void,
): boolean {
  let at = 0;
  let kinds = '';
  let shows = false;
  const starts: number[] = [];
  const ends: number[] = [];
  const text = (index: number): string => content.toString('latin1', starts[index], ends[index]);
  const operands: Operands = {
    get count() {
      return kinds.length;
    },
    get kinds() {
      return kinds;
    },
    get shows() {
      return shows;
    },
    name: (index) =>
      text(index)
        .slice(1)
        .replace(/#([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    text,
    number: (index) => Number(text(index)),
  };
  const push = (kind: string, start: number): void => {
    starts[kinds.length] = start;
    ends[kinds.length] = at;
    kinds += kind;
  };
  const skipWord = (): void => {
    while (at < content.length && classes[content[at] as number] === 0) at += 1;
  };
  /** Behind what begins here with a delimiter; its kind, or nothing for what is none. */
  const delimited = (): string | undefined => {
    const byte = content[at] as number;
    if (byte === 0x25) {
      while (at < content.length && content[at] !== 10 && content[at] !== 13) at += 1;
      return '';
    }
    if (byte === 0x2f) {
      at += 1;
      skipWord();
      return 'N';
    }
    if (byte === 0x28) return literal();
    if (byte === 0x5b) return nested(0x5d, 'a');
    if (byte !== 0x3c) return undefined;
    if (content[at + 1] === 0x3c) return nested(0x3e, 'd');
    const end = content.indexOf(0x3e, at);
    if (end < 0) return undefined;
    if (end > at + 1) shows = true;
    at = end + 1;
    return 's';
  };
  const literal = (): string | undefined => {
    let depth = 0;
    const start = at;
    for (; at < content.length; at += 1) {
      const byte = content[at];
      if (byte === 0x5c) at += 1;
      else if (byte === 0x28) depth += 1;
      else if (byte === 0x29) {
        depth -= 1;
        if (depth > 0) continue;
        at += 1;
        if (at > start + 2) shows = true;
        return 's';
      }
    }
    return undefined;
  };
  const nested = (end: number, kind: string): string | undefined => {
    at += kind === 'd' ? 2 : 1;
    while (at < content.length) {
      const byte = content[at] as number;
      if (byte === end && (kind === 'a' || content[at + 1] === end)) {
        at += kind === 'd' ? 2 : 1;
        return kind;
      }
      const found = classes[byte];
      if (found === 0) skipWord();
      else if (found === 1) at += 1;
      else if (delimited() === undefined) return undefined;
    }
    return undefined;
  };
  const skipPicture = (): boolean => {
    for (let end = content.indexOf('EI', at); end >= 0; end = content.indexOf('EI', end + 2)) {
      const after = content.subarray(end + 2, end + 12);
      if (classes[content[end - 1] as number] !== 1 || (after.length > 0 && classes[after[0] as number] !== 1)) continue;
      // As pdf.js does: what follows is content, not data.
      if (after.some((byte) => byte > 0x7e || (byte < 0x20 && classes[byte] !== 1))) continue;
      // One white space after ID, and one before EI.
      picture(operands, content.subarray(at + 1, end - 1));
      at = end;
      return true;
    }
    return false;
  };
  while (at < content.length) {
    const start = at;
    const byte = content[at] as number;
    if (classes[byte] === 1) {
      at += 1;
      continue;
    }
    if (classes[byte] === 2) {
      const kind = delimited();
      if (kind === undefined) return false;
      if (kind !== '') push(kind, start);
      continue;
    }
    skipWord();
    if (numeric[byte] === 1) {
      push(isNumber(content, start, at) ? 'n' : 'w', start);
      continue;
    }
    const word = content.toString('latin1', start, at);
    if (words.has(word)) {
      push('w', start);
      continue;
    }
    if (word === 'ID' && !skipPicture()) return false;
    if (word !== 'BI' && word !== 'ID') visit(word, operands);
    kinds = '';
    shows = false;
  }
  return true;
}
