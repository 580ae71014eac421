import { nothing, svg, type TemplateResult } from 'lit/html.js';
import type { FieldValue, Stroke } from '../../../../shared/signing/fields.ts';
import { inkPaths } from '../../../../shared/signing/ink.ts';
import { directionOf } from '../../../../shared/text/direction.ts';
import { dotCircle, type Hand, inkBox, type Size, textLines, tickLine } from '../../../../shared/text/marks.ts';
import type { Outline } from '../../../session/ceremony.ts';
import type { Outlines, Typed } from '../answers/outlines.ts';
import { familyOf, handOf, measure } from './script-face.ts';

type Written = Extract<FieldValue, { kind: 'text' }>;

/** An answer as it will stand on paper, in points of its field: the same numbers place it here and there. */
export function markView(
  size: Size,
  value: FieldValue,
  outlines: Outlines | undefined,
  multiline = false,
): TemplateResult | typeof nothing {
  const { width, height } = size;
  const ink = inkOf(size, value, outlines, multiline);
  if (ink === nothing) return nothing;
  return svg`<svg class="mark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${ink}</svg>`;
}

function inkOf(size: Size, value: FieldValue, outlines: Outlines | undefined, multiline: boolean): TemplateResult | typeof nothing {
  if (value.kind === 'drawn') return drawnInk(size, value.strokes);
  if (value.kind === 'checked') return value.checked ? tick(size) : nothing;
  if (value.kind === 'chosen') return dot(size);
  if (value.kind !== 'typed') return writtenInk(size, value, 'text', 'text', multiline);
  const face = handOf(value.text);
  const outline = face === 'script' ? undefined : outlines?.of(value);
  return outline ? outlinedInk(size, value.text, outline) : writtenInk(size, value, 'script', face);
}

function drawnInk(size: Size, strokes: readonly Stroke[]): TemplateResult {
  const { left, bottom, height, scale } = inkBox(size);
  const top = size.height - bottom - height;
  return svg`<path transform="translate(${left} ${top}) scale(${scale})" d=${inkPaths(strokes).join('')}></path>`;
}

/** `hand` is how it is laid out, `face` what it is drawn with here. */
function writtenInk(size: Size, { text, lang }: Typed | Written, hand: Hand, face: Hand, multiline = false): TemplateResult {
  const { size: em, lines } = textLines(size, text, (part) => measure(part, face), hand, 1, multiline);
  const direction = directionOf(text);
  return svg`${lines.map((line) => {
    // What runs from the right is held at its right end, so that it begins there however wide this page's own letters are.
    const x = line.left + (direction === 'rtl' ? measure(line.text, face) * em : 0);
    return svg`<text x=${x} y=${size.height - line.baseline} font-size=${em} font-family=${familyOf(face)} direction=${direction}
      lang=${lang ?? nothing}>${line.text}</text>`;
  })}`;
}

function outlinedInk(size: Size, text: string, { width, path }: Outline): TemplateResult {
  const { size: em, lines } = textLines(size, text, () => width, 'script');
  const { left = 0, baseline = 0 } = lines[0] ?? {};
  return svg`<path transform="translate(${left} ${size.height - baseline}) scale(${em / 1000})" d=${path}></path>`;
}

function tick(size: Size): TemplateResult {
  const { points, width } = tickLine(size);
  const at = points.map(([x, y]) => `${x} ${size.height - y}`).join('L');
  return svg`<path class="mark-tick" d="M${at}" stroke-width=${width}></path>`;
}

function dot(size: Size): TemplateResult {
  const { x, y, radius } = dotCircle(size);
  return svg`<circle cx=${x} cy=${size.height - y} r=${radius}></circle>`;
}
