import { nothing, svg, type TemplateResult } from 'lit/html.js';
import type { FieldValue, Stroke } from '../../../shared/fields.ts';
import { inkPaths } from '../../../shared/ink.ts';
import { type Hand, inkBox, type Size, textLines, tickLine } from '../../../shared/marks.ts';
import { familyOf, handOf, measure } from './script-face.ts';

/** An answer as it will stand on paper, in points of its field: the same numbers place it here and there. */
export function markView(size: Size, value: FieldValue, type: string): TemplateResult | typeof nothing {
  const { width, height } = size;
  const ink = inkOf(size, value, type);
  if (ink === nothing) return nothing;
  return svg`<svg class="mark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${ink}</svg>`;
}

function inkOf(size: Size, value: FieldValue, type: string): TemplateResult | typeof nothing {
  if (value.kind === 'drawn') return drawnInk(size, value.strokes);
  if (value.kind === 'checked') return value.checked ? tick(size) : nothing;
  const hand = value.kind === 'typed' || type === 'initials' ? handOf(value.text) : 'text';
  return writtenInk(size, value.text, hand);
}

function drawnInk(size: Size, strokes: readonly Stroke[]): TemplateResult {
  const { left, bottom, height, scale } = inkBox(size);
  const top = size.height - bottom - height;
  return svg`<path transform="translate(${left} ${top}) scale(${scale})" d=${inkPaths(strokes).join('')}></path>`;
}

function writtenInk(size: Size, text: string, hand: Hand): TemplateResult {
  const { size: em, lines } = textLines(size, text, (part) => measure(part, hand), hand);
  return svg`${lines.map(
    (line) => svg`<text x=${line.left} y=${size.height - line.baseline} font-size=${em} font-family=${familyOf(hand)}>${line.text}</text>`,
  )}`;
}

function tick(size: Size): TemplateResult {
  const { points, width } = tickLine(size);
  const at = points.map(([x, y]) => `${x} ${size.height - y}`).join('L');
  return svg`<path class="mark-tick" d="M${at}" stroke-width=${width}></path>`;
}
