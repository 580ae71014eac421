import type { FieldValue } from '../../../../shared/signing/fields.ts';
import { shapeLine } from './shape.ts';
import { writingOf } from './writing.ts';

/** A typed signature as it will be drawn: its width in ems, and its glyphs as SVG path data in thousandths of an em from the start of the baseline, downwards. */
export function outlineOf(value: Extract<FieldValue, { kind: 'typed' }>): { width: number; path: string } {
  const writing = writingOf(value);
  if (!writing) return { width: 0, path: '' };
  const { width, runs } = shapeLine(writing.text, writing.hand, writing.direction, writing.region);
  const paths = runs.flatMap(({ face, left, glyphs }) =>
    glyphs.map(({ id, x, y }) => placed(face.font.glyphToPath(id), 1000 / face.unitsPerEm, (left + x) * 1000, y * 1000)),
  );
  return { width, path: paths.join('') };
}

/** Coordinates come in pairs, absolute and upwards. */
function placed(path: string, scale: number, right: number, up: number): string {
  let isX = false;
  return path.replace(/-?\d*\.?\d+(?:e-?\d+)?/g, (number) => {
    isX = !isX;
    return String(Math.round(isX ? Number(number) * scale + right : -(Number(number) * scale + up)));
  });
}
