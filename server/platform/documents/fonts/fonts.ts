import { codeOf, isWritten } from '../../../../shared/text/written.ts';
import type { Face } from './face.ts';
import { faceWith } from './faces.ts';
import { atHand, dancing, type Family, packed, type Region, regional, regions } from './families.ts';
import { loadDecoder } from './woff2.ts';

/** What is written with: the text face and its heavier sister for headings, each in every script, and the script face of typed signatures. */
export type Style = 'text' | 'strong' | 'script';

/** What a character needs of a font: nothing at all for line ends, tabs and what is never drawn (joiners, direction marks, selectors). */
const isDrawn = (character: string): boolean => !/^[\t\n\r\u2028\u2029\p{Default_Ignorable_Code_Point}]$/u.test(character);

/** Each family by the script it is for. */
const byScript = [...atHand, ...packed].flatMap((family) =>
  family.scripts.map((script) => [new RegExp(`^\\p{Script=${script}}$`, 'u'), family] as const),
);
const [latin] = atHand as [Family];

/** Ideographs and the signs that are as wide: they are written as the text's language has them. */
const isEastern = (character: string): boolean =>
  character >= '\u2e80' &&
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\u{3000}-\u{303f}\u{3200}-\u{33ff}\u{ff00}-\u{ffef}]$/u.test(character);

const owners = new Map<string, readonly Family[]>();

/** The families that a character belongs to, by its script; none where it belongs to no script, or to one without a family. */
function familiesOf(character: string, region: Region): readonly Family[] {
  const kept = owners.get(character);
  if (kept) return kept;
  const own = byScript.filter(([script]) => script.test(character)).map(([, family]) => family);
  if (isEastern(character)) return [...own, ...[region, ...regions].map(regional)];
  owners.set(character, own);
  return own;
}

/**
 * The face for a character: that of its script, then the one in use (for spaces, digits, points and accents, which every face has), then the
 * first that has it. For a text that `ready` was awaited for. An emoji has none: what looks like a picture on screen would be another on paper.
 */
export function faceFor(character: string, style: Style, current: Face | undefined, region: Region = 'SC'): Face | undefined {
  const codePoint = character.codePointAt(0) ?? 0;
  if (style === 'script') return faceWith(dancing, isDrawn(character) ? codePoint : space, 400);
  const weight = style === 'strong' ? 600 : 400;
  if (!isDrawn(character)) return current ?? faceWith(latin, space, weight);
  if (/^\p{Emoji_Presentation}$/u.test(character)) return undefined;
  const first = (families: readonly Family[]): Face | undefined => {
    for (const family of families) {
      const face = faceWith(family, codePoint, weight);
      if (face) return face;
    }
    return undefined;
  };
  const inUse = current?.characters.has(codePoint) && !current.family.eastern && current.family !== dancing ? current : undefined;
  return first(familiesOf(character, region)) ?? inUse ?? first(atHand) ?? first(packed);
}
const space = 0x20;

/** Must have settled before a text with characters of packed faces is shaped; at once for all others. */
export async function ready(texts: Iterable<string>): Promise<void> {
  const isAtHand = (character: string): boolean => {
    const codePoint = character.codePointAt(0) ?? 0;
    return codePoint < 0x17f || !isDrawn(character) || atHand.some((family) => faceWith(family, codePoint, 400));
  };
  // The same name may stand on every page.
  for (const text of new Set(texts)) if (![...text.normalize('NFC')].every(isAtHand)) return loadDecoder();
}

/** By place in the text: is what stands there written in the script face? A word of which it lacks a letter is in the text face as a whole. */
export function inScript(text: string): (at: number) => boolean {
  const places: boolean[] = [];
  for (const word of text.match(/\S+\s*|\s+/gu) ?? []) {
    const known = [...word].every((character) => faceFor(character, 'script', undefined));
    for (let i = 0; i < word.length; i++) places.push(known);
  }
  return (at) => places[at] ?? true;
}

/** In which of its regional faces a text's Han characters are written: by the letters beside them, then its language (BCP 47), then SC. */
export function regionOf(text: string, language = ''): Region {
  if (/[\p{scx=Hiragana}\p{scx=Katakana}]/u.test(text.replace(/[\u3001-\u303f\ufe45\ufe46\uff61-\uff65]/gu, ''))) return 'JP';
  if (/\p{Script=Hangul}/u.test(text)) return 'KR';
  if (/\p{Script=Bopomofo}/u.test(text)) return 'TC';
  return languages.find(([tag]) => tag.test(language))?.[1] ?? 'SC';
}
const languages: readonly (readonly [tag: RegExp, region: Region])[] = [
  [/^ja\b/i, 'JP'],
  [/^ko\b/i, 'KR'],
  [/^(?:zh(?:-Hant)?-HK|yue)\b/i, 'HK'],
  [/^zh-(?:Hant|TW|MO)\b/i, 'TC'],
];

/** The text with the code of every character that no face has in its place, for what is told rather than signed. */
export const legible = (text: string): string =>
  [...text.normalize('NFC')].map((character) => (isWritten(character) ? character : `[${codeOf(character)}]`)).join('');
