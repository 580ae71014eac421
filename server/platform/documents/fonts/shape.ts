import createBidi from 'bidi-js';
import { Direction, Buffer as HbBuffer, shape } from 'harfbuzzjs';
import type { Face } from './face.ts';
import type { Region } from './families.ts';
import { faceFor, inScript, regionOf, type Style } from './fonts.ts';

/** A glyph where it is drawn: lengths in ems, from the start of its run; `text` is what it stands for, nothing for the further glyphs of a cluster. */
export interface PlacedGlyph {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Of the whole cluster, for the glyph that bears its text. */
  readonly advance: number;
}

export interface ShapedRun {
  readonly face: Face;
  /** From the line's left end. */
  readonly left: number;
  readonly glyphs: readonly PlacedGlyph[];
}

/** A line as it is seen, from left to right. */
export interface ShapedLine {
  readonly width: number;
  readonly runs: readonly ShapedRun[];
}

interface Item {
  readonly start: number;
  readonly end: number;
  readonly level: number;
  readonly face: Face;
}

const bidi = createBidi();
const kept = new Map<string, ShapedLine>();

/**
 * One line of text, shaped; direction and region are those of the whole text it is of. An Error where a character has no glyph: that is asked
 * before anything is drawn (`shared/text/written.ts`), and `ready` is awaited.
 */
export function shapeLine(text: string, style: Style, direction?: 'ltr' | 'rtl', region: Region = regionOf(text)): ShapedLine {
  const line = text.normalize('NFC').replace(/[\t\n\r\u2028\u2029]/g, ' ');
  const key = `${style}${direction ?? ''}${region}:${line}`;
  const known = kept.get(key);
  if (known) return known;
  if (kept.size > 5_000) kept.clear();
  const inWords = style !== 'script' && line.length > 1 && line.includes(' ') && isPlain.test(line);
  const made = inWords ? wordByWord(line, style) : shaped(line, { style, direction, region });
  kept.set(key, made);
  return made;
}

/** Latin letters and signs only: one face, one direction, and words that do not change each other, so that each is shaped once and kept. */
const isPlain = /^[\x20-\x7e\u00a1-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*$/;

function wordByWord(line: string, style: Style): ShapedLine {
  const space = shapeLine('\u0020', style);
  let left = 0;
  const glyphs: PlacedGlyph[] = [];
  let face: Face | undefined;
  line.split(' ').forEach((word, i) => {
    for (const part of i === 0 ? [shapeLine(word, style)] : [space, shapeLine(word, style)]) {
      for (const run of part.runs) {
        face = run.face;
        for (const glyph of run.glyphs) glyphs.push({ ...glyph, x: left + glyph.x });
      }
      left += part.width;
    }
  });
  return { width: left, runs: face ? [{ face, left: 0, glyphs }] : [] };
}

interface Manner {
  readonly style: Style;
  readonly direction: 'ltr' | 'rtl' | undefined;
  readonly region: Region;
}

function shaped(line: string, manner: Manner): ShapedLine {
  let left = 0;
  const runs = inSight(itemised(line, manner)).map((item): ShapedRun => {
    const { glyphs, width } = shapedItem(line, item);
    left += width;
    return { face: item.face, left: left - width, glyphs };
  });
  return { width: left, runs };
}

/** Runs of one direction and one face. */
function itemised(line: string, { style, direction, region }: Manner): Item[] {
  const { levels } = bidi.getEmbeddingLevels(line, direction);
  const isScript = style === 'script' ? inScript(line) : undefined;
  const items: Item[] = [];
  let face: Face | undefined;
  let at = 0;
  for (const character of line) {
    face = faceFor(character, isScript ? (isScript(at) ? 'script' : 'text') : style, face, region);
    if (!face) throw new Error(`No face has the character U+${character.codePointAt(0)?.toString(16).toUpperCase()}.`);
    const last = items.at(-1);
    const level = levels[at] ?? 0;
    const end = at + character.length;
    if (last && last.level === level && last.face === face) items[items.length - 1] = { ...last, end };
    else items.push({ start: at, end, level, face });
    at = end;
  }
  return items;
}

/** From the order of the text to the order on paper (UAX 9, L2). */
function inSight(items: readonly Item[]): Item[] {
  const order = [...items];
  const highest = Math.max(0, ...order.map(({ level }) => level));
  for (let level = highest; level >= 1; level--)
    for (let i = 0; i < order.length; i++) {
      let end = i;
      while (end < order.length && (order[end]?.level ?? 0) >= level) end++;
      if (end > i) order.splice(i, end - i, ...order.slice(i, end).reverse());
      i = end;
    }
  return order;
}

function shapedItem(line: string, { start, end, level, face }: Item): { glyphs: PlacedGlyph[]; width: number } {
  const buffer = new HbBuffer();
  buffer.addText(line, start, end - start);
  buffer.setDirection(level % 2 ? Direction.RTL : Direction.LTR);
  buffer.guessSegmentProperties();
  shape(face.font, buffer);
  const glyphs = buffer.getGlyphInfosAndPositions();
  const em = 1 / face.unitsPerEm;
  const starts = [...new Set(glyphs.map(({ cluster }) => cluster)), end].sort((a, b) => a - b);
  const placed: PlacedGlyph[] = [];
  let pen = 0;
  for (let i = 0; i < glyphs.length; ) {
    const cluster = glyphs[i]?.cluster ?? 0;
    const members: { id: number; x: number; y: number; advance: number }[] = [];
    const from = pen;
    for (; i < glyphs.length && glyphs[i]?.cluster === cluster; i++) {
      const { codepoint: id = 0, xAdvance = 0, xOffset = 0, yOffset = 0 } = glyphs[i] ?? {};
      if (id === 0) throw new Error(`${face.name} has no glyph for a character it was chosen for.`);
      members.push({ id, x: (pen + xOffset) * em, y: yOffset * em, advance: xAdvance });
      pen += xAdvance;
    }
    const text = line.slice(cluster, starts[starts.indexOf(cluster) + 1]);
    const bearer = bearerOf(members, from * em);
    for (const member of members)
      placed.push({ ...member, text: member === bearer ? text : '', advance: member === bearer ? (pen - from) * em : 0 });
  }
  return { glyphs: placed, width: pen * em };
}

/**
 * The glyph that stands for its cluster: the widest of those that begin where the cluster does, since readers of the text take a gap before
 * it for a space.
 */
function bearerOf<G extends { x: number; advance: number }>(members: readonly G[], start: number): G | undefined {
  const widest = (among: readonly G[]): G | undefined =>
    among.reduce<G | undefined>((wide, member) => (wide && wide.advance >= member.advance ? wide : member), undefined);
  return widest(members.filter(({ x, advance }) => advance > 0 && Math.abs(x - start) < 0.12)) ?? widest(members);
}
