import type { Fault } from '../../../../shared/problem.ts';
import { codeOf, unprintable } from '../../../../shared/text/written.ts';

export { unprintable };

/** The fault of a text that holds such characters: they are named by their codes, since none of them can be seen. */
export function controlFault(text: string): Omit<Fault, 'pointer'> {
  const found = text.match(new RegExp(unprintable, 'gu')) ?? [];
  const characters = [...new Set(found)].slice(0, 20).map(codeOf).join(' ');
  if (characters === '') return { code: 'control-characters', message: 'must hold something that can be seen' };
  return { code: 'control-characters', message: `must not hold control characters or line breaks: ${characters}`, params: { characters } };
}

/** Does the text consist of white space and of signs that are never drawn? */
export const isInvisible = (text: string): boolean => /^[\s\p{Default_Ignorable_Code_Point}]*$/u.test(text);

/** Texts that could not be printed as they are written, each with its pointer. `missing` gives the characters that no font has. */
export const printFaults = (texts: readonly [pointer: string, text: string][], missing: (texts: readonly string[]) => string[]): Fault[] =>
  texts.flatMap(([pointer, text]) => {
    const isFaulty = unprintable.test(text) || (isInvisible(text) && text !== '');
    return isFaulty ? [{ pointer, ...controlFault(text) }] : glyphFault(pointer, missing([text]));
  });

function glyphFault(pointer: string, missing: readonly string[]): Fault[] {
  if (missing.length === 0) return [];
  const characters = missing.join(' ');
  return [{ pointer, code: 'glyph', message: `holds characters that cannot be printed here: ${characters}`, params: { characters } }];
}
