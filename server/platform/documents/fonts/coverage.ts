import { faceOf, slicesOf } from './faces.ts';
import { atHand, packed } from './families.ts';
import { loadDecoder } from './woff2.ts';

/** Every character that the text faces have and that is drawn, as ranges (the last exclusive): what `shared/text/covered.ts` says. */
export async function coverage(): Promise<[from: number, end: number][]> {
  await loadDecoder();
  const found = new Set<number>();
  for (const family of [...atHand, ...packed])
    for (const slice of family.slices === undefined ? [''] : slicesOf(family.slices).map(({ name }) => name))
      for (const codePoint of faceOf(family, slice, 400).characters) if (isSign(String.fromCodePoint(codePoint))) found.add(codePoint);
  const ranges: [number, number][] = [];
  for (const codePoint of [...found].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === codePoint) last[1]++;
    else ranges.push([codePoint, codePoint + 1]);
  }
  return ranges;
}

/** Some faces have glyphs for controls, for private characters and for what has no look. */
const isSign = (character: string): boolean =>
  !/^[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Emoji_Presentation}\p{Default_Ignorable_Code_Point}]$/u.test(character);
