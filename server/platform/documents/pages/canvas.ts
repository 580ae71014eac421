import type { PDFDict, PDFRef } from '@cantoo/pdf-lib';
import { type Embedder, hex } from '../fonts/embed.ts';
import type { Face } from '../fonts/face.ts';
import type { Region } from '../fonts/families.ts';
import type { Style } from '../fonts/fonts.ts';
import { type PlacedGlyph, type ShapedRun, shapeLine } from '../fonts/shape.ts';
import type { Attributes, Tags } from '../pdf/elements.ts';
import { type Artifact, beginArtifact, beginContent } from '../pdf/marked-content.ts';
import { n } from '../pdf/numbers.ts';

/** `#rrggbb`. */
export type Colour = string;

export interface Written {
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  readonly size: number;
  readonly colour: Colour;
  readonly style?: Style;
  /** Of the whole text, where this is one line of it. */
  readonly direction?: 'ltr' | 'rtl';
  readonly region?: Region;
  /** The line was broken at a space: it is written too, since readers of the structure know words by the spaces that are there (14.8.2.6.2). */
  readonly broken?: boolean;
}

/** What is drawn on one page or form, origin left bottom, in points; collected as operators of a content stream (ISO 32000-2, 8 and 9). */
export interface Canvas {
  readonly lang: string | undefined;
  /** Draws one line of text; its width. */
  text(text: string, how: Written): number;
  /** A filled rectangle. */
  box(x: number, y: number, width: number, height: number, colour: Colour): void;
  /** A line through points, round at its ends and corners. */
  line(points: readonly (readonly [x: number, y: number])[], width: number, colour: Colour): void;
  /** A filled circle around a point. */
  dot(x: number, y: number, radius: number, colour: Colour): void;
  /** A form of the document, in the colour: its units times `scale`, from `left` and `bottom`; upwards, or downwards as a pad counts. */
  form(form: PDFRef, place: { left: number; bottom: number; scale: number; flip: 1 | -1 }, colour: Colour): void;
  /** Operators as they are. */
  raw(operators: string): void;
  /** What is drawn within is an element of the document's structure, with elements within it. */
  element(type: string, draw: () => void, attributes?: Attributes): void;
  /** What is drawn within is the content of an element, all of it. */
  content(type: string, draw: () => void, attributes?: Attributes): void;
  /** What is drawn within is no part of what the document says (ISO 32000-2, 14.8.2.2): a line, the foot of a page. */
  artifact(draw: () => void, kind?: Artifact): void;
  operators(): string;
  /** The resources that the content names. */
  resources(): PDFDict;
}

export interface SheetOptions {
  /** Graphics states that the operators may name. */
  readonly states?: Readonly<Record<string, PDFRef>>;
  /** Who keeps the elements; without it nothing is tagged. */
  readonly tags?: Tags | undefined;
  /** The language of its texts (BCP 47): Han characters are drawn as it has them. */
  readonly lang?: string | undefined;
}

export function createCanvas(embedder: Embedder, { states = {}, tags, lang }: SheetOptions = {}): Canvas {
  const operators: string[] = [];
  const fonts = new Map<string, PDFRef>();
  const forms = new Map<string, PDFRef>();
  let fill = '';
  const filled = (colour: Colour): void => {
    if (colour !== fill) operators.push(`${rgb(colour)} rg`);
    fill = colour;
  };
  return {
    lang,
    text(text, { x, y, size, colour, style = 'text', direction, region, broken = false }) {
      const line = shapeLine(broken ? `${text} ` : text, style, direction, region);
      if (line.runs.length === 0) return 0;
      filled(colour);
      const outlines: string[] = [];
      // From right to left the space is the first thing on the line.
      const start = broken && direction === 'rtl' ? x - shapeLine('\u0020', style).width * size : x;
      operators.push('BT');
      for (const run of line.runs) {
        const left = start + run.left * size;
        operators.push(shown(run, { x: left, y, size }, embedder, fonts));
        for (const glyph of run.glyphs) if (glyph.text === '') outlines.push(outlined(run.face, glyph, { x: left, y, size }));
      }
      operators.push('ET', ...outlines);
      return line.width * size;
    },
    box(x, y, width, height, colour) {
      filled(colour);
      operators.push(`${n(x)} ${n(y)} ${n(width)} ${n(height)} re f`);
    },
    line(points, width, colour) {
      const steps = points.map(([x, y], i) => `${n(x)} ${n(y)} ${i === 0 ? 'm' : 'l'}`);
      operators.push(`${rgb(colour)} RG ${n(width)} w 1 J 1 j ${steps.join(' ')} S`);
    },
    dot(x, y, radius, colour) {
      filled(colour);
      operators.push(circle(x, y, radius));
    },
    form(form, { left, bottom, scale, flip }, colour) {
      filled(colour);
      const name = `X${form.objectNumber}`;
      forms.set(name, form);
      operators.push(`q ${n6(scale)} 0 0 ${n6(scale * flip)} ${n(left)} ${n(bottom)} cm /${name} Do Q`);
    },
    raw(text) {
      operators.push(text);
      fill = '';
    },
    element(type, draw, attributes) {
      tags?.open(type, attributes);
      draw();
      tags?.close();
    },
    content(type, draw, attributes) {
      if (tags) operators.push(beginContent(type, tags.content(type, attributes)));
      draw();
      if (tags) operators.push('EMC');
    },
    artifact(draw, kind = 'Layout') {
      if (tags) operators.push(beginArtifact(kind));
      draw();
      if (tags) operators.push('EMC');
    },
    operators: () => operators.join('\n'),
    resources() {
      const { context } = embedder;
      const named = { Font: Object.fromEntries(fonts), XObject: Object.fromEntries(forms), ExtGState: states };
      return context.obj(Object.fromEntries(Object.entries(named).filter(([, entries]) => Object.keys(entries).length > 0)));
    },
  };
}

/** A circle as four curves; none is off by more than 0.03 % of its radius. */
function circle(x: number, y: number, r: number): string {
  const k = r * 0.5523;
  const curve = (...at: readonly number[]) => `${at.map((value, i) => n(value + (i % 2 ? y : x))).join(' ')} c`;
  const curves = [curve(r, k, k, r, 0, r), curve(-k, r, -r, k, -r, 0), curve(-r, -k, -k, -r, 0, -r), curve(k, -r, r, -k, r, 0)];
  return `${n(x + r)} ${n(y)} m ${curves.join(' ')} f`;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** The bearers of text as codes; the pen is moved where a glyph does not lie where the one before it ended. */
function shown(run: ShapedRun, { x, y, size }: Spot, embedder: Embedder, fonts: Map<string, PDFRef>): string {
  let pen = 0;
  let rise = 0;
  let name = '';
  let array = '';
  const pieces: string[] = [];
  for (const glyph of run.glyphs) {
    if (glyph.text === '') continue;
    const { font, code, width } = embedder.code(run.face, glyph.id, glyph.text, glyph.advance);
    name = `F${font.objectNumber}`;
    fonts.set(name, font);
    if (Math.abs(glyph.y - rise) > 0.0005) {
      pieces.push(array === '' ? '' : `[${array}]TJ`, `${n(glyph.y * size)} Ts`);
      array = '';
      rise = glyph.y;
    }
    const move = Math.round((pen - glyph.x) * 1000);
    if (move !== 0) array += array.endsWith('>') || array === '' ? `${move}` : ` ${move}`;
    array = array.endsWith('>') ? `${array.slice(0, -1)}${hex(code)}>` : `${array}<${hex(code)}>`;
    pen = glyph.x + width + (pen - move / 1000 - glyph.x);
  }
  if (array !== '') pieces.push(`[${array}]TJ`);
  if (rise !== 0) pieces.push('0 Ts');
  return name === '' ? '' : `/${name} ${n(size)} Tf 1 0 0 1 ${n(x)} ${n(y)} Tm ${pieces.filter((piece) => piece !== '').join(' ')}`;
}

/** A glyph without a text of its own: the dots of an Arabic letter, an accent. As a shape, so that no reader takes it for a letter. */
function outlined(face: Face, { id, x, y }: PlacedGlyph, at: Spot): string {
  const path = pathOf(face, id);
  const scale = n6(at.size / face.unitsPerEm);
  return path === '' ? '' : `q ${scale} 0 0 ${scale} ${n(at.x + x * at.size)} ${n(at.y + y * at.size)} cm ${path} Q`;
}

const outlines = new Map<string, string>();
function pathOf(face: Face, id: number): string {
  const key = `${face.name} ${id}`;
  const path = outlines.get(key) ?? pathOperators(face.font.glyphToPath(id));
  outlines.set(key, path);
  return path;
}

const commands: Readonly<Record<string, { takes: number; operator: string }>> = {
  M: { takes: 2, operator: 'm' },
  L: { takes: 2, operator: 'l' },
  Q: { takes: 4, operator: 'c' },
  C: { takes: 6, operator: 'c' },
};

/** Filled SVG path data (M, L, Q, C and Z, absolute) as operators, in its own units. */
export function pathOperators(data: string): string {
  const parts: string[] = [];
  let [px, py] = [0, 0];
  for (const [, command = '', values = ''] of data.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    if (command === 'Z') {
      parts.push('h');
      continue;
    }
    const { takes, operator } = commands[command] as { takes: number; operator: string };
    const given = (values.match(/-?\d*\.?\d+(?:e-?\d+)?/g) ?? []).map(Number);
    for (let i = 0; i + takes <= given.length; i += takes) {
      const at = given.slice(i, i + takes);
      const [x = 0, y = 0] = at.slice(-2);
      parts.push(`${(command === 'Q' ? cubic(px, py, at) : at).map(n).join(' ')} ${operator}`);
      [px, py] = [x, y];
    }
  }
  return parts.length === 0 ? '' : `${parts.join(' ')} f`;
}

/** A quadratic curve as the cubic one that PDF knows. */
function cubic(px: number, py: number, [cx = 0, cy = 0, x = 0, y = 0]: readonly number[]): number[] {
  const third = (from: number, to: number): number => from + ((to - from) * 2) / 3;
  return [third(px, cx), third(py, cy), third(x, cx), third(y, cy), x, y];
}

/** Six decimals, for scales. */
const n6 = (value: number): string => String(Math.round(value * 1_000_000) / 1_000_000);

const rgb = (colour: Colour): string =>
  [1, 3, 5].map((at) => String(Math.round((Number.parseInt(colour.slice(at, at + 2), 16) / 255) * 1000) / 1000)).join(' ');
