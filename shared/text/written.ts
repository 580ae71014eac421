import { covered } from './covered.ts';

/** The digits of the table: five bits, the lowest first; the sixth says that another digit follows. */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Where the ranges of what some face has begin and end, in turn. */
const ends: readonly number[] = decoded(covered);

/** Has some face this character, or is it never drawn (a joiner, a direction mark, a line's end)? Of a text in NFC. */
export function isWritten(character: string): boolean {
  if (/^[\t\n\r\u2028\u2029\p{Default_Ignorable_Code_Point}]$/u.test(character)) return !turning.test(character);
  const codePoint = character.codePointAt(0) ?? 0;
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) <= codePoint) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** Signs that turn the direction of what follows them: a reader of the paper would see another order than was written. */
export const turning = /[\u{202a}-\u{202e}\u{2066}-\u{2069}]/u;

/** Characters that no face has, each once; what cannot be seen itself by its code. */
export const unwritten = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.normalize('NFC')].filter((character) => !isWritten(character)))),
];

/**
 * What cannot be printed as it is seen on screen: control characters, line breaks, signs that turn the direction of what follows, and
 * fillers that take room but that no face has (Hangul, shorthand).
 */
export const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{115f}\u{1160}\u{3164}\u{ffa0}\u{1bca0}-\u{1bca3}]/u;

/** What of a line cannot be printed, each once: the character itself, or its code where it could not be seen. */
export const unprinted = (text: string): string[] => [
  ...new Set(
    [...text.normalize('NFC')].flatMap((character) => {
      if (unprintable.test(character) || /^\p{Cs}$/u.test(character)) return [codeOf(character)];
      return isWritten(character) ? [] : [character];
    }),
  ),
];

export const codeOf = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** From differences, less one. */
function decoded(text: string): number[] {
  const found: number[] = [];
  let at = -1;
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = digits.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    at += value + 1;
    found.push(at);
    value = 0;
    shift = 0;
  }
  return found;
}

/** The table of these ranges, ascending and apart, last ones exclusive. */
export function encoded(ranges: readonly (readonly [from: number, end: number])[]): string {
  let at = -1;
  return ranges
    .flat()
    .map((end) => {
      let rest = end - at - 1;
      at = end;
      let text = '';
      do {
        text += digits[(rest & 31) | (rest > 31 ? 32 : 0)];
        rest >>= 5;
      } while (rest > 0);
      return text;
    })
    .join('');
}
