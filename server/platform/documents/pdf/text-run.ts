import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Matrix } from '../../../../shared/signing/geometry.ts';
import type { Drawing } from './fingerprint.ts';

/** A glyph of a page's own content: what it stands for, where it begins and ends on its baseline (user space), and which one it is. */
export interface PageGlyph {
  readonly text: string;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** Upwards from the baseline, as high as its font's size. */
  readonly up: readonly [x: number, y: number];
  /** The how-manieth operator that shows text, and the how-manieth glyph of it; both from 0. */
  readonly show: number;
  readonly index: number;
  /** What stands for its width in a TJ array: thousandths of the font's size, spacing included. */
  readonly advance: number;
}

export interface PageText {
  readonly glyphs: readonly PageGlyph[];
  /** How many operators show text. */
  readonly shows: number;
}

interface State {
  ctm: Matrix;
  size: number;
  character: number;
  word: number;
  scale: number;
  leading: number;
  rise: number;
}

const identity: Matrix = [1, 0, 0, 1, 0, 0];
/** First `own`, then `outer` (ISO 32000-2, 8.3.4). */
const times = (own: Matrix, outer: Matrix): Matrix => {
  const [a, b, c, d, e, f] = own;
  const [A, B, C, D, E, F] = outer;
  return [a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F];
};
const at = ([a, b, c, d, e, f]: Matrix, x: number, y: number): readonly [number, number] => [a * x + c * y + e, b * x + d * y + f];

/** Follows text through what pdf.js would draw on a page (9.4); what forms show is not followed. */
export function textOf({ fnArray, argsArray }: Drawing): PageText {
  const state: State = { ctm: identity, size: 1, character: 0, word: 0, scale: 1, leading: 0, rise: 0 };
  const kept: State[] = [];
  const glyphs: PageGlyph[] = [];
  let [matrix, line] = [identity, identity];
  let [shows, inside] = [0, 0];
  const set = (key: Exclude<keyof State, 'ctm'>, value: unknown): void => {
    state[key] = Number(value);
  };
  const move = (x: number, y: number): void => {
    line = times([1, 0, 0, 1, x, y], line);
    matrix = line;
  };
  const steps: Record<number, (args: readonly unknown[]) => void> = {
    [OPS.save]: () => kept.push({ ...state }),
    [OPS.restore]: () => Object.assign(state, kept.pop()),
    [OPS.transform]: (args) => {
      state.ctm = times(matrixOf(args), state.ctm);
    },
    [OPS.beginText]: () => {
      [matrix, line] = [identity, identity];
    },
    [OPS.setTextMatrix]: ([given]) => {
      line = matrixOf(Array.from(given as ArrayLike<number>));
      matrix = line;
    },
    [OPS.moveText]: ([x, y]) => move(Number(x), Number(y)),
    [OPS.setLeadingMoveText]: ([x, y]) => {
      state.leading = -Number(y);
      move(Number(x), Number(y));
    },
    [OPS.nextLine]: () => move(0, -state.leading),
    [OPS.setLeading]: ([value]) => set('leading', value),
    [OPS.setCharSpacing]: ([value]) => set('character', value),
    [OPS.setWordSpacing]: ([value]) => set('word', value),
    [OPS.setHScale]: ([percent]) => set('scale', Number(percent) / 100),
    [OPS.setTextRise]: ([value]) => set('rise', value),
    [OPS.setFont]: ([, size]) => set('size', size),
    [OPS.showText]: ([shown]) => {
      matrix = show(shown as Shown, { state, matrix, show: shows, glyphs });
      shows += 1;
    },
  };
  fnArray.forEach((operator, i) => {
    if (operator === OPS.paintFormXObjectBegin) inside += 1;
    else if (operator === OPS.paintFormXObjectEnd) inside -= 1;
    else if (inside === 0) steps[operator]?.((argsArray[i] ?? []) as readonly unknown[]);
  });
  return { glyphs, shows };
}

type Shown = readonly (number | { readonly unicode: string; readonly width: number; readonly isSpace: boolean })[];

function show(shown: Shown, { state, matrix, show, glyphs }: { state: State; matrix: Matrix; show: number; glyphs: PageGlyph[] }): Matrix {
  const { size, character, word, scale, rise } = state;
  let text = matrix;
  let index = 0;
  for (const one of shown) {
    const advance = typeof one === 'number' ? -one : one.width + ((character + (one.isSpace ? word : 0)) * 1000) / size;
    const next = times([1, 0, 0, 1, (advance / 1000) * size * scale, 0], text);
    if (typeof one !== 'number') {
      const [from, to, up] = [
        at(times(text, state.ctm), 0, rise),
        at(times(next, state.ctm), 0, rise),
        at(times(text, state.ctm), 0, rise + size),
      ];
      glyphs.push({ text: one.unicode, from, to, up: [up[0] - from[0], up[1] - from[1]], show, index, advance });
      index += 1;
    }
    text = next;
  }
  return text;
}

const matrixOf = (numbers: readonly unknown[]): Matrix => {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers.map(Number);
  return [a, b, c, d, e, f];
};
