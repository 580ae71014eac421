import { pad } from '../signing/fields.ts';
import { directionOf } from './direction.ts';

/**
 * Where an answer lies inside its field: one rule for the browser that shows it and the server that stamps it. All lengths are in the unit of
 * the field's size that is handed in (points on paper, CSS pixels on screen), counted from the field's left bottom corner, upwards.
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Blue-black, `--inlay-ink`: everything a signer puts on paper. */
export const inkColour = '#1e2a5a';

/** The two faces of written answers: the text face, and the script face of typed signatures and initials. */
export type Hand = 'text' | 'script';

/** Largest size in points, the part of the field's height it may take, and how far the baseline lies above the last line's foot, in ems. */
const hands: Readonly<Record<Hand, { largest: number; share: number; foot: number }>> = {
  text: { largest: 11, share: 0.78, foot: 0.29 },
  script: { largest: 40, share: 0.66, foot: 0.3 },
};
/** Distance of two baselines in ems, and the space kept free at either end of a line, as a part of the size. */
const leading = 1.25;
const inset = 0.2;
/** A text is not written smaller than this (points): nobody could read it. */
const smallest = 6;
/** A single line is not made smaller than this (points) while more lines would fit. */
const readable = 8;

/** The pad as large as the field lets it be, its aspect kept, in the left bottom corner; a pad's point is at `left + x * scale`, `bottom + (200 - y) * scale`. */
export function inkBox(field: Size): { left: number; bottom: number; width: number; height: number; scale: number } {
  const scale = Math.min(field.width / pad.width, field.height / pad.height);
  return { left: 0, bottom: 0, width: pad.width * scale, height: pad.height * scale, scale };
}

/**
 * Size, start and baseline of one line of `ems` (its width at size 1). `unit` is a point in the field's unit: 1 on paper, the page's scale on
 * screen.
 */
export function textSize(field: Size, ems: number, hand: Hand = 'text', unit = 1): { size: number; left: number; baseline: number } {
  const { foot } = hands[hand];
  const size = Math.min(tallest(field, hand, unit), field.width / (ems + 2 * inset));
  return { size, left: inset * size, baseline: foot * size };
}

const tallest = (field: Size, hand: Hand, unit: number): number => Math.min(hands[hand].largest * unit, field.height * hands[hand].share);

export interface Line {
  readonly text: string;
  readonly left: number;
  readonly baseline: number;
}

/** Can the text be written in its field so that it is read? Measures as `textLines` does. Answers are asked this when they are given. */
export const fits = (...asked: Parameters<typeof textLines>): boolean => textLines(...asked).size >= smallest * (asked[4] ?? 1);

/**
 * The lines of an answer at the largest size at which they fit: one line while that is readable, else as many as the field holds. `measure`
 * tells a text's width at size 1. Every character is on some line, however small. The text of a `multiline` field begins at its top, as large
 * as it can be.
 */
export function textLines(
  field: Size,
  text: string,
  measure: (text: string) => number,
  hand: Hand = 'text',
  unit = 1,
  multiline = false,
): { size: number; lines: Line[] } {
  const said = text.trim();
  const paragraphs = said.split(/\r\n|[\n\r\u2028\u2029]/);
  const known = new Map<string, number>();
  const wide = (part: string): number => known.get(part) ?? known.set(part, measure(part)).get(part) ?? 0;
  const single = textSize(field, wide(said), hand, unit);
  const enough = Math.min(readable * unit, tallest(field, hand, unit));
  const short = paragraphs.length === 1 && single.size >= enough && !multiline;
  const start = (line: string, size: number): number =>
    directionOf(said) === 'rtl' ? field.width - (wide(line) + inset) * size : inset * size;
  if (hand === 'script' || short) return placed([said], single.size, hand, start);
  for (let size = tallest(field, hand, unit); ; size *= 0.94) {
    const lines = paragraphs.flatMap((paragraph) => wrapped(paragraph, field.width / size - 2 * inset, wide));
    const fits = lines.length * leading * size <= field.height;
    if ((fits && lines.every((line) => (wide(line) + 2 * inset) * size <= field.width)) || size < 0.01 * unit)
      return placed(lines, size, hand, start, multiline ? field.height - lines.length * leading * size : 0);
  }
}

/** `above`: how far the foot of the last line lies above that of the field. */
const placed = (
  lines: readonly string[],
  size: number,
  hand: Hand,
  start: (line: string, size: number) => number,
  above = 0,
): { size: number; lines: Line[] } => ({
  size,
  lines: lines.map((text, i) => ({
    text,
    left: start(text, size),
    baseline: above + (hands[hand].foot + (lines.length - 1 - i) * leading) * size,
  })),
});

/** Lines of at most so many ems: broken at spaces, a word that is longer than a line between its letters. Widths are added up word by word. */
export function wrapped(text: string, ems: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  const space = measure(' ');
  let line: string | undefined;
  let width = 0;
  for (const { text: piece, ems: wide, joined } of text.split(' ').flatMap((word) => pieces(word, ems, measure))) {
    const gap = joined ? 0 : space;
    if (line === undefined || width + gap + wide > ems) {
      if (line !== undefined) lines.push(line);
      line = piece;
      width = wide;
    } else {
      line += joined ? piece : ` ${piece}`;
      width += gap + wide;
    }
  }
  return [...lines, line ?? ''];
}

interface Piece {
  readonly text: string;
  readonly ems: number;
  /** It goes on where the piece before it ended, without a space. */
  readonly joined: boolean;
}

/** A word that fits as it is; else runs that fill a line each, broken after its signs (hyphens, dots, slashes, @) or between its letters. */
function pieces(word: string, ems: number, measure: (text: string) => number): Piece[] {
  const whole = measure(word);
  if (whole <= ems) return [{ text: word, ems: whole, joined: false }];
  const parts = word.match(/[^-@./_]+[-@./_]*|[-@./_]+/g) ?? [word];
  const units = parts.flatMap((part) => (measure(part) <= ems ? [part] : [...letters.segment(part)].map(({ segment }) => segment)));
  const runs: Piece[] = [];
  let run = { text: '', ems: 0 };
  for (const unit of units) {
    const wide = measure(unit);
    if (run.text !== '' && run.ems + wide > ems) {
      runs.push({ ...run, joined: runs.length > 0 });
      run = { text: '', ems: 0 };
    }
    run = { text: run.text + unit, ems: run.ems + wide };
  }
  return [...runs, { ...run, joined: runs.length > 0 }];
}

const letters = new Intl.Segmenter('en');

/** The tick of a checked box: a line through these points, so thick, round at its ends and corner; in the middle of the field. */
export function tickLine(field: Size): { points: readonly (readonly [x: number, y: number])[]; width: number } {
  const side = Math.min(field.width, field.height);
  const left = (field.width - side) / 2;
  const bottom = (field.height - side) / 2;
  const at = (x: number, y: number) => [left + x * side, bottom + y * side] as const;
  return { points: [at(0.2, 0.5), at(0.42, 0.27), at(0.82, 0.76)], width: side * 0.11 };
}

/** The dot of a radio's chosen button: in the middle of its place. */
export function dotCircle(field: Size): { x: number; y: number; radius: number } {
  return { x: field.width / 2, y: field.height / 2, radius: Math.min(field.width, field.height) * 0.27 };
}
