/**
 * Where things lie on a page: one answer for the browser that shows it and the server that stamps it. A field is four fractions of the
 * page as it is displayed, origin and corner top left; a PDF counts in user space, from the bottom left, before it is turned (ISO 32000-2,
 * 8.3.2 and table 31).
 */

/** The visible part of a page in default user space (x0 < x1, y0 < y1), how far it is turned clockwise, and how large a unit is (1/72 inch each). */
export interface PageBox {
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number];
  readonly rotate: 0 | 90 | 180 | 270;
  readonly userUnit: number;
}

/** A place on the displayed page, in fractions 0 to 1. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A PDF matrix: x' = ax + cy + e, y' = bx + dy + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

type Corners = readonly number[];

/**
 * The box of a page from its entries, inherited ones included: corners in any order, the crop box cut to the media box, any multiple of
 * 90 degrees. RangeError where readers disagree: nothing visible, another angle, a unit that is not positive.
 */
export function pageBoxOf(page: {
  mediaBox: Corners;
  cropBox?: Corners | undefined;
  rotate?: number | undefined;
  userUnit?: number | undefined;
}): PageBox {
  const media = upright(page.mediaBox);
  const crop = page.cropBox ? upright(page.cropBox) : media;
  const box = [Math.max(media[0], crop[0]), Math.max(media[1], crop[1]), Math.min(media[2], crop[2]), Math.min(media[3], crop[3])] as const;
  if (!(box[2] - box[0] >= 1 && box[3] - box[1] >= 1)) throw new RangeError('The page has no visible part.');
  const rotate = ((((page.rotate ?? 0) % 360) + 360) % 360) as PageBox['rotate'];
  if (![0, 90, 180, 270].includes(rotate)) throw new RangeError('The page is turned by another angle than a multiple of 90 degrees.');
  const userUnit = page.userUnit ?? 1;
  if (!(userUnit > 0 && userUnit <= 75_000)) throw new RangeError('The page has no usable unit.');
  return { box, rotate, userUnit };
}

function upright(corners: Corners): readonly [number, number, number, number] {
  const [a, b, c, d] = corners;
  if (corners.length !== 4 || a === undefined || b === undefined || c === undefined || d === undefined || !corners.every(Number.isFinite))
    throw new RangeError('A box has four numbers.');
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** Width and height of the page as it is displayed, in points (1/72 inch). */
export function displayed({ box: [x0, y0, x1, y1], rotate, userUnit }: PageBox): { width: number; height: number } {
  const width = (x1 - x0) * userUnit;
  const height = (y1 - y0) * userUnit;
  return rotate % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** From the displayed page (points, origin bottom left, upright) to its default user space: what is drawn under this matrix is seen upright. */
export function toUserSpace({ box: [x0, y0, x1, y1], rotate, userUnit }: PageBox): Matrix {
  const s = 1 / userUnit;
  if (rotate === 0) return [s, 0, 0, s, x0, y0];
  if (rotate === 90) return [0, s, -s, 0, x1, y0];
  if (rotate === 180) return [-s, 0, 0, -s, x1, y1];
  return [0, -s, s, 0, x0, y1];
}

/** The place in points of the displayed page, origin bottom left. */
export function inPoints(page: PageBox, { x, y, width, height }: Place): { left: number; bottom: number; width: number; height: number } {
  const size = displayed(page);
  return {
    left: x * size.width,
    bottom: (1 - y - height) * size.height,
    width: width * size.width,
    height: height * size.height,
  };
}

/** Where a rectangle of user space (x0 < x1, y0 < y1) is seen on the displayed page, as far as it lies on it; nothing where none of it does. */
export function placeOf(page: PageBox, [x0, y0, x1, y1]: readonly [number, number, number, number]): Place | undefined {
  const [a, b, c, d, e, f] = toUserSpace(page);
  const size = displayed(page);
  const det = a * d - b * c;
  const seen = ([x, y]: readonly [number, number]) =>
    [(d * (x - e) - c * (y - f)) / det / size.width, 1 - (a * (y - f) - b * (x - e)) / det / size.height] as const;
  const [[ax, ay], [bx, by]] = [seen([x0, y0]), seen([x1, y1])];
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  const [left, right] = [within(Math.min(ax, bx)), within(Math.max(ax, bx))];
  const [top, bottom] = [within(Math.min(ay, by)), within(Math.max(ay, by))];
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}
