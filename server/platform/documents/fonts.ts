import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Blob, Font, Face as HbFace } from 'harfbuzzjs';

/** One face at hand: its outlines for shaping and embedding, and which characters it has. All lengths in ems. */
export interface Face {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly font: Font;
  readonly unitsPerEm: number;
  has(codePoint: number): boolean;
}

/** What is written with: the text face and its heavier sister for headings, each in all seven scripts, and the script face of typed signatures. */
export type Style = 'text' | 'strong' | 'script';

/** Packages of the faces by script; the first also has what belongs to no script, and whatever else it covers. */
const families: readonly (readonly [script: string, family: string, file: string])[] = [
  ['Latin', 'noto-sans', 'NotoSans'],
  ['Arabic', 'noto-sans-arabic', 'NotoSansArabic'],
  ['Hebrew', 'noto-sans-hebrew', 'NotoSansHebrew'],
  ['Devanagari', 'noto-sans-devanagari', 'NotoSansDevanagari'],
  ['Thai', 'noto-sans-thai', 'NotoSansThai'],
];
const weights: Readonly<Record<Exclude<Style, 'script'>, string>> = { text: '400Regular', strong: '600SemiBold' };
const dancing = ['dancing-script', 'DancingScript', '400Regular'] as const;

const { resolve } = createRequire(import.meta.url);
const opened = new Map<string, Face>();

/** Faces are read when they are first needed and then kept: they are constants of the program. */
function faceOf(family: string, file: string, weight: string): Face {
  const name = `${file}-${weight.replace(/^\d+/, '')}`;
  const kept = opened.get(name);
  if (kept) return kept;
  const bytes = new Uint8Array(readFileSync(resolve(`@expo-google-fonts/${family}/${weight}/${file}_${weight}.ttf`)));
  const hbFace = new HbFace(new Blob(bytes));
  const characters = new Set(hbFace.collectUnicodes());
  const face = { name, bytes, font: new Font(hbFace), unitsPerEm: hbFace.upem, has: (codePoint: number) => characters.has(codePoint) };
  opened.set(name, face);
  return face;
}

/** What a character needs of a font: nothing at all for line ends, tabs and what is never drawn (joiners, direction marks, selectors). */
const isDrawn = (character: string): boolean => !/^[\t\n\r\u2028\u2029\p{Default_Ignorable_Code_Point}]$/u.test(character);

const scriptOf = (character: string): string | undefined => families.find(([script]) => scripts[script]?.test(character))?.[0];
const scripts: Readonly<Record<string, RegExp>> = Object.fromEntries(
  families.map(([script]) => [script, new RegExp(`^\\p{Script=${script}}$`, 'u')]),
);

/**
 * The face for a character: that of its script, then the one in use (for spaces, digits, points and accents, which every face has), then the
 * first that has it.
 */
export function faceFor(character: string, style: Style, current: Face | undefined): Face | undefined {
  const codePoint = character.codePointAt(0) ?? 0;
  if (style === 'script') return faceOf(...dancing).has(codePoint) || !isDrawn(character) ? faceOf(...dancing) : undefined;
  if (!isDrawn(character)) return current ?? familyFace('Latin', style);
  const script = scriptOf(character);
  const has = (face: Face | undefined): face is Face => face?.has(codePoint) ?? false;
  if (script !== undefined) {
    const own = familyFace(script, style);
    if (has(own)) return own;
  }
  if (has(current)) return current;
  return families.map(([name]) => familyFace(name, style)).find(has);
}

function familyFace(script: string, style: Exclude<Style, 'script'>): Face | undefined {
  const family = families.find(([name]) => name === script);
  return family && faceOf(family[1], family[2], weights[style]);
}

/** The script face, where it has every character of the text; else the text face for the whole of it. */
export const styleOfTyped = (text: string): Style =>
  [...text.normalize('NFC')].every((character) => faceFor(character, 'script', undefined)) ? 'script' : 'text';

/** Control characters have no look, though some faces have a glyph for them. */
const isMissing = (character: string): boolean =>
  isDrawn(character) && (/^\p{Cc}$/u.test(character) || !faceFor(character, 'text', undefined));

/** Characters that no text face has, each once. */
export const missingIn = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.normalize('NFC')].filter(isMissing))),
];

/** The text with the code of every character that no face has in its place, for what is told rather than signed. */
export const legible = (text: string): string =>
  [...text.normalize('NFC')].map((character) => (isMissing(character) ? `[${codeOf(character)}]` : character)).join('');

const codeOf = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
