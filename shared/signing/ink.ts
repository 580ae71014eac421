import type { Point, Stroke } from './fields.ts';

/**
 * How a drawn line looks, on the pad and on paper alike: an outline to be filled, in pad units. The line is 2.2 wide at rest, 1.2 when the
 * pen is fast and 3.6 when it is slow or pressed, tapered at its ends; a tap is a dot.
 */
const rest = 2.2;
const thin = 1.2;
const thick = 3.6;
/** Points nearer than this (pad units) to the last one kept are left out. */
const step = 1.5;

type Spot = readonly [x: number, y: number];

/** One closed outline per stroke, as SVG path data (M, Q and Z, absolute). */
export const inkPaths = (strokes: readonly Stroke[]): string[] => strokes.filter((stroke) => stroke.length > 0).map(outline);

function outline(stroke: Stroke): string {
  const points = spaced(stroke);
  const [first] = points;
  if (!first) return '';
  if (points.length === 1) return dot(first);
  const widths = points.map((_, i) => widthAt(points, i));
  const left: Spot[] = [];
  const right: Spot[] = [];
  points.forEach(([x, y], i) => {
    const [nx, ny] = normalAt(points, i);
    const half = (widths[i] ?? rest) / 2;
    left.push([x + nx * half, y + ny * half]);
    right.push([x - nx * half, y - ny * half]);
  });
  return closed([...left, ...right.reverse()]);
}

function spaced(stroke: Stroke): Point[] {
  const kept: Point[] = [];
  for (const point of stroke) {
    const last = kept.at(-1);
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= step) kept.push(point);
  }
  return kept;
}

/** A pen that reports its pressure decides by it (mice and fingers report 0 or exactly one half); otherwise speed does. */
function widthAt(points: readonly Point[], i: number): number {
  const [x, y, ms, pressure] = points[i] as Point;
  const end = Math.min(1, (Math.min(i, points.length - 1 - i) + 1) / 4);
  if (pressure > 0 && pressure !== 0.5) return end * (thin + (thick - thin) * pressure);
  const before = points[Math.max(0, i - 2)] as Point;
  const after = points[Math.min(points.length - 1, i + 2)] as Point;
  const time = Math.max(1, after[2] - before[2]);
  const speed = (Math.hypot(x - before[0], y - before[1]) + Math.hypot(after[0] - x, after[1] - y)) / time;
  const known = ms > 0 || after[2] > 0;
  return end * (known ? Math.max(thin, Math.min(thick, rest + 0.9 - speed * 1.4)) : rest);
}

function normalAt(points: readonly Point[], i: number): Spot {
  const a = points[Math.max(0, i - 1)] as Point;
  const b = points[Math.min(points.length - 1, i + 1)] as Point;
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length = Math.hypot(dx, dy) || 1;
  return [-dy / length, dx / length];
}

/** A closed line through the midpoints, each corner its control point. */
function closed(spots: readonly Spot[]): string {
  const middle = (a: Spot, b: Spot): Spot => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const last = spots.at(-1) as Spot;
  const start = middle(last, spots[0] as Spot);
  const curves = spots.map((spot, i) => `Q${written(spot)} ${written(middle(spot, (spots[i + 1] ?? spots[0]) as Spot))}`);
  return `M${written(start)}${curves.join('')}Z`;
}

function dot([x, y]: Point): string {
  const r = thick / 2;
  const k = r * Math.SQRT2;
  const at = (dx: number, dy: number): string => written([x + dx, y + dy]);
  return `M${at(r, 0)}Q${at(r, r)} ${at(0, r)}Q${at(-r, r)} ${at(-r, 0)}Q${at(-r, -r)} ${at(0, -r)}Q${at(r, -r)} ${at(k / Math.SQRT2, 0)}Z`;
}

const written = ([x, y]: Spot): string => `${round(x)} ${round(y)}`;
const round = (value: number): number => Math.round(value * 100) / 100;
