import type { Picture } from './pictures.ts';

/**
 * How far two drawings of a page are from each other, 0 to 1, where they are furthest: each is blurred by a pixel and may be shifted by two, so
 * that smooth edges, hinting and the letters of Helvetica, which each reader has of its own, count little, and a word or a bar that one of them lacks counts much.
 * Over the same page readers were seen to differ by up to 0.14; a thin line or one digit makes 0.22.
 */
export function distance(one: Picture, other: Picture): number {
  // A reader rounds a page of 510.4 pixels up, and another one down.
  if (Math.abs(one.width - other.width) > 1 || Math.abs(one.height - other.height) > 1) return 1;
  const size = { width: Math.min(one.width, other.width), height: Math.min(one.height, other.height) };
  const area = inked(inked(undefined, one, size), other, size);
  if (!area) return 0;
  const [first, second] = [blurred(one, area), blurred(other, area)];
  return Math.max(beyond(first, second, area), beyond(second, first, area));
}

export const alike = 0.18;

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

/** White around what is drawn, so that nothing of it is at the edge. */
const around = 4;

/** The area with all of this picture in it that is not white; most of a page is. */
function inked(area: Area | undefined, { width: row, gray }: Picture, { width, height }: Size): Area | undefined {
  let [left, top, right, bottom] = area
    ? [area.left + around, area.top + around, area.left + area.width - around, area.top + area.height - around]
    : [width, height, 0, 0];
  for (let y = 0; y < height; y += 1)
    for (let x = 0, at = y * row; x < width; x += 1, at += 1) {
      if (gray[at] === 255) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1 > bottom ? y + 1 : bottom;
    }
  if (right <= left) return undefined;
  return { left: left - around, top: top - around, width: right - left + 2 * around, height: bottom - top + 2 * around };
}

/** The mean of each pixel and its eight neighbours, 0 to 1; white beyond the edges. */
function blurred({ width: row, height: rows, gray }: Picture, { left, top, width, height }: Area): Float32Array {
  const out = new Float32Array(width * height).fill(1);
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= row || y >= rows ? 255 : (gray[y * row + x] as number));
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy += 1) for (let dx = -1; dx <= 1; dx += 1) sum += at(left + x + dx, top + y + dy);
      out[y * width + x] = sum / 9 / 255;
    }
  return out;
}

/** How far a pixel of the first lies outside of what the second has there or up to two pixels beside it. */
function beyond(first: Float32Array, second: Float32Array, { width }: Size): number {
  const low = along(along(second, 1, Math.min), width, Math.min);
  const high = along(along(second, 1, Math.max), width, Math.max);
  let most = 0;
  for (let at = 0; at < first.length; at += 1) {
    const value = first[at] as number;
    const far = Math.max(value - (high[at] as number), (low[at] as number) - value);
    if (far > most) most = far;
  }
  return most;
}

/** The least or the most of each pixel and those up to two steps beside it. */
function along(from: Float32Array, step: number, most: (...values: number[]) => number): Float32Array {
  const out = Float32Array.from(from);
  for (let at = 2 * step; at < from.length - 2 * step; at += 1)
    out[at] = most(
      from[at - 2 * step] as number,
      from[at - step] as number,
      from[at] as number,
      from[at + step] as number,
      from[at + 2 * step] as number,
    );
  return out;
}
