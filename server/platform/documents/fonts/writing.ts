import type { FieldValue } from '../../../../shared/signing/fields.ts';
import { inPoints, type PageBox } from '../../../../shared/signing/geometry.ts';
import { directionOf } from '../../../../shared/text/direction.ts';
import { fits, type Hand, textLines } from '../../../../shared/text/marks.ts';
import type { Mark } from '../../domain/files/documents.ts';
import type { Region } from './families.ts';
import { regionOf } from './fonts.ts';
import { shapeLine } from './shape.ts';

/** How a written answer is written: its words, its hand, and what belongs to the whole of it. */
export interface Writing {
  readonly text: string;
  readonly hand: Hand;
  readonly direction: 'ltr' | 'rtl';
  readonly region: Region;
}

/** Nothing of what is drawn, ticked or chosen by a dot. */
export function writingOf(value: FieldValue): Writing | undefined {
  if (!('text' in value)) return undefined;
  const hand = value.kind === 'typed' ? 'script' : 'text';
  const text = hand === 'script' ? value.text.replace(/\s+/gu, ' ').trim() : value.text;
  return { text, hand, direction: directionOf(text), region: regionOf(text, value.lang) };
}

type Asked = Parameters<typeof textLines>;
const asked = (size: Asked[0], { text, hand, direction, region }: Writing, multiline = false): Asked => [
  size,
  text,
  (part) => shapeLine(part, hand, direction, region).width,
  hand,
  1,
  multiline,
];

/** Its size and its lines in a field of this size, in points. */
export const laidOut = (...given: Parameters<typeof asked>): ReturnType<typeof textLines> => textLines(...asked(...given));

/** The places in the list of those marks that are texts too long for their fields: they would be written too small to be read. */
export const unfit = (marks: readonly Mark[], pages: readonly PageBox[]): number[] =>
  marks.flatMap(({ value, multiline, ...mark }, i) => {
    const writing = writingOf(value);
    const page = pages[mark.page - 1];
    return writing && page && !fits(...asked(inPoints(page, mark), writing, multiline)) ? [i] : [];
  });
