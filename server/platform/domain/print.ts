import type { Fault } from '../../../shared/problem.ts';

/**
 * What cannot be printed as it is seen on screen: control characters, line breaks, signs that turn the direction of what follows, and
 * fillers that take room but that no face has (Hangul, shorthand).
 */
export const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{115f}\u{1160}\u{3164}\u{ffa0}\u{1bca0}-\u{1bca3}]/u;

/** Does the text consist of white space and of signs that are never drawn? */
export const isInvisible = (text: string): boolean => /^[\s\p{Default_Ignorable_Code_Point}]*$/u.test(text);

/** Texts that could not be printed as they are written, each with its pointer. `missing` gives the characters that no font has. */
export const printFaults = (texts: readonly [pointer: string, text: string][], missing: (texts: readonly string[]) => string[]): Fault[] =>
  texts.flatMap(([pointer, text]) => [...printFault(pointer, text), ...glyphFault(pointer, missing([text]))]);

const printFault = (pointer: string, text: string): Fault[] =>
  unprintable.test(text) || (isInvisible(text) && text !== '')
    ? [{ pointer, code: 'control-characters', message: 'must not hold control characters, or nothing that can be seen' }]
    : [];

function glyphFault(pointer: string, missing: readonly string[]): Fault[] {
  if (missing.length === 0) return [];
  const characters = missing.join(' ');
  return [{ pointer, code: 'glyph', message: `holds characters that cannot be printed here: ${characters}`, params: { characters } }];
}
