import { readFileSync } from 'node:fs';
import type { Place } from '../../../shared/signing/geometry.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly pixels: Uint8Array;
}

/** A binary PPM (P6) of 8 bits a channel. */
export function pictureIn(path: string): Picture {
  const file = readFileSync(path);
  const [head = '', width = '', height = ''] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(file.toString('latin1', 0, 40)) ?? [];
  return { width: Number(width), height: Number(height), pixels: file.subarray(head.length) };
}

/** The edges (left, top, right, bottom) of what is dark at a place of the picture, in points from its corner, for a page 595.28 points wide; nothing where nothing is. */
export function inkIn(path: string, place: Place): [number, number, number, number] | undefined {
  const { width, height, pixels } = pictureIn(path);
  const scale = width / 595.28;
  const from = { x: Math.round(place.x * width), y: Math.round(place.y * height) };
  const to = { x: Math.round((place.x + place.width) * width), y: Math.round((place.y + place.height) * height) };
  let edges: [number, number, number, number] | undefined;
  for (let y = from.y; y < to.y; y++)
    for (let x = from.x; x < to.x; x++) {
      if ((pixels[(y * width + x) * 3] ?? 255) > 140) continue;
      const [left, top, right, bottom] = edges ?? [x, y, x, y];
      edges = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
  return edges?.map((edge, i) => (edge - (i % 2 ? from.y : from.x)) / scale) as typeof edges;
}
