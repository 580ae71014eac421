import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Blob, Font, Face as HbFace } from 'harfbuzzjs';
import type { Face } from './face.ts';
import type { Family } from './families.ts';
import { pinned } from './subset.ts';
import { unpacked } from './woff2.ts';

const { resolve } = createRequire(import.meta.url);
/** Faces are read when they are first needed and then kept: they are constants of the program. */
const opened = new Map<string, Face>();

/** The face of the family that has this character, at this weight. */
export function faceWith(family: Family, codePoint: number, weight: 400 | 600): Face | undefined {
  const files =
    family.slices === undefined
      ? ['']
      : slicesOf(family.slices)
          .filter(({ has }) => has(codePoint))
          .map(({ name }) => name);
  return files.map((slice) => faceOf(family, slice, weight)).find(({ characters }) => characters.has(codePoint));
}

/** One slice of a family, by its number ('' where it is whole). For packed ones the decoder must be loaded. */
export function faceOf(family: Family, slice: string, weight: 400 | 600): Face {
  const place = family.file(weight).replace('*', slice);
  const key = `${place} ${weight}`;
  const kept = opened.get(key);
  if (kept) return kept;
  const file = resolve(place);
  const name = [family.name, weight === 400 ? 'Regular' : 'SemiBold', slice].filter((part) => part !== '').join('-');
  const given = new Uint8Array(readFileSync(file));
  const whole = file.endsWith('.woff2') ? unpacked(given) : given;
  const bytes = family.variable ? pinned(whole, weight, name) : whole;
  const hbFace = new HbFace(new Blob(bytes));
  const characters = new Set(hbFace.collectUnicodes());
  const face = { name, family, bytes, font: new Font(hbFace), unitsPerEm: hbFace.upem, characters };
  opened.set(key, face);
  return face;
}

interface Slice {
  readonly name: string;
  has(codePoint: number): boolean;
}

const sliced = new Map<string, readonly Slice[]>();

/** The numbered slices of a family: what is told of them may be more than they have. The named ones are of other scripts. */
export function slicesOf(file: string): readonly Slice[] {
  const kept = sliced.get(file);
  if (kept) return kept;
  const told = JSON.parse(readFileSync(resolve(file), 'utf8')) as Record<string, string>;
  const slices = Object.entries(told).flatMap(([key, ranges]) => {
    const name = /^\[(\d+)\]$/.exec(key)?.[1];
    return name === undefined ? [] : [{ name, has: within(ranges) }];
  });
  sliced.set(file, slices);
  return slices;
}

/** `U+4e00-4e02,U+4e09`, as in CSS. */
function within(ranges: string): (codePoint: number) => boolean {
  const pairs = ranges.split(',').map((range) => {
    const [from = '', to = from] = range.replace('U+', '').split('-');
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const;
  });
  return (codePoint) => pairs.some(([from, to]) => codePoint >= from && codePoint <= to);
}
