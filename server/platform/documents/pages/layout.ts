import { directionOf } from '../../../../shared/text/direction.ts';
import { wrapped } from '../../../../shared/text/marks.ts';
import { legible, regionOf, type Style } from '../fonts/fonts.ts';
import { shapeLine } from '../fonts/shape.ts';
import type { Attributes } from '../pdf/elements.ts';
import type { Canvas, Colour } from './canvas.ts';

/** Pages of our own: paper, hairlines and space. Lengths are points; blocks are drawn from their top downwards. */
export const ink: Readonly<Record<'text' | 'muted' | 'line' | 'strong', Colour>> = {
  text: '#20272d',
  muted: '#5d6770',
  line: '#d5dade',
  strong: '#12181d',
};

export interface PageFormat {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly side: number; readonly top: number; readonly bottom: number };
}

/** A4, or Letter where the document is as wide as Letter. */
export const paperFor = (documentWidth: number): PageFormat => ({
  ...(Math.abs(documentWidth - 612) <= 2 ? { width: 612, height: 792 } : { width: 595.28, height: 841.89 }),
  margin: { side: 64, top: 66, bottom: 72 },
});

export const columnOf = ({ width, margin }: PageFormat): number => width - 2 * margin.side;

/** Something with a height that is never split over two pages. */
export interface Block {
  readonly height: number;
  /** It stays on the page of what follows it: a heading. */
  readonly keep?: boolean;
  /** It is a row of a table, together with the rows before and after it. */
  readonly row?: boolean;
  draw(canvas: Canvas, x: number, top: number): void;
}

export interface Type {
  readonly size: number;
  readonly leading?: number;
  readonly colour?: Colour;
  readonly style?: Style;
}

/** The lines of a text in a column, from right to left at its right edge. */
function linesOf(text: string, width: number, { size, style = 'text' }: Type): string[] {
  const measure = (part: string): number => shapeLine(part, style).width;
  return text.split(/\r\n|[\n\r\u2028\u2029]/).flatMap((paragraph) => wrapped(paragraph, width / size, measure));
}

/** Which of these lines of a text end where it has a space or a line end, and not within a word. */
export function brokenAtSpaces(lines: readonly string[], text: string): boolean[] {
  let at = 0;
  return lines.map((line) => {
    at = text.indexOf(line, at) + line.length;
    return /\s/.test(text.charAt(at));
  });
}

/** A text in a column; a character that cannot be written appears as its code. */
export function textBlock(given: string, width: number, type: Type): Block {
  const text = legible(given);
  const { size, leading = 1.45, colour = ink.text, style = 'text' } = type;
  // Of a text's Han characters all regions' are as wide.
  const lines = linesOf(text, width, type);
  const broken = brokenAtSpaces(lines, `${text} `);
  const direction = directionOf(text);
  return {
    height: lines.length * size * leading,
    draw(canvas, x, top) {
      const region = regionOf(text, canvas.lang);
      for (const [i, line] of lines.entries()) {
        const y = top - i * size * leading - size * (leading / 2 + 0.34);
        const start = direction === 'rtl' ? width - shapeLine(line, style, direction, region).width * size : 0;
        canvas.text(line, { x: x + start, y, size, colour, style, direction, region, broken: broken[i] === true });
      }
    },
  };
}

/** Blocks under each other. */
export const stack = (...blocks: readonly Block[]): Block => ({
  height: blocks.reduce((sum, { height }) => sum + height, 0),
  draw(canvas, x, top) {
    let at = top;
    for (const block of blocks) {
      block.draw(canvas, x, at);
      at -= block.height;
    }
  },
});

export const space = (height: number): Block => ({ height, draw: () => {} });

/** A block that is the content of an element of the document's structure. */
export const tagged = (type: string, block: Block, attributes?: Attributes): Block => ({
  ...block,
  draw: (canvas, x, top) => canvas.content(type, () => block.draw(canvas, x, top), attributes),
});

/** A block that is an element with others within it. */
export const grouped = (type: string, block: Block): Block => ({
  ...block,
  draw: (canvas, x, top) => canvas.element(type, () => block.draw(canvas, x, top)),
});

/** Cells beside each other, each at its own distance from the left, under a hairline as wide as the column. */
export function row(width: number, cells: readonly { at: number; block: Block }[], padding = 7): Block {
  return {
    height: Math.max(...cells.map(({ block }) => block.height)) + 2 * padding,
    draw(canvas, x, top) {
      canvas.artifact(() => canvas.box(x, top - 0.25, width, 0.5, ink.line));
      for (const { at, block } of cells) block.draw(canvas, x + at, top - padding);
    },
  };
}

/** Cells beside each other without a line. */
export const beside = (...cells: readonly { at: number; block: Block }[]): Block => ({
  height: Math.max(...cells.map(({ block }) => block.height)),
  draw(canvas, x, top) {
    for (const { at, block } of cells) block.draw(canvas, x + at, top);
  },
});

/** Which blocks go on which page. A heading goes where the block after it goes; one that is higher than a page has its page to itself. */
export function paginated(blocks: readonly Block[], room: number): Block[][] {
  const pages: Block[][] = [[]];
  let left = room;
  blocks.forEach((block, i) => {
    const page = pages.at(-1) as Block[];
    const needed = together(blocks, i);
    if (needed > left && page.length > 0) {
      pages.push([block]);
      left = room - block.height;
    } else {
      page.push(block);
      left -= block.height;
    }
  });
  return pages;
}

/** The height that must be free for a block: its own, and as long as it is a heading, that of what follows. */
function together(blocks: readonly Block[], from: number): number {
  let height = 0;
  for (let i = from; i < blocks.length; i++) {
    const block = blocks[i] as Block;
    height += block.height;
    if (!block.keep) break;
  }
  return height;
}
