import type { Hand } from '../../../../shared/text/marks.ts';
import { asset } from '../../../session/asset.ts';

/** The script face of typed signatures, by a name no page has a font of. */
const family = 'inlay-signature';
/** What the paper's text face looks like most, of the faces that are everywhere. */
const textFamily = '"Noto Sans", "Open Sans", "Segoe UI", Roboto, sans-serif';

let loading: Promise<void> | undefined;
let covered: ReadonlySet<number> | undefined;

/** Brings the face, once per page: as bytes, since the page's policy lets no style sheet fetch a font. */
export function loadScriptFace(assets: string): Promise<void> {
  loading ??= bringFace(`${assets}fonts/signature.ttf`).catch(() => {
    loading = undefined;
  });
  return loading;
}

async function bringFace(url: string): Promise<void> {
  const response = await asset(url);
  if (!response.ok) throw new Error(`The script face answered ${response.status}.`);
  const bytes = await response.arrayBuffer();
  const face = await new FontFace(family, bytes).load();
  document.fonts.add(face);
  covered = charactersOf(new DataView(bytes));
}

/** The face a typed signature is written in: the text face as soon as one character is not in the script's. */
export function handOf(text: string): Hand {
  const known = covered;
  return known && [...text].every((character) => known.has(character.codePointAt(0) ?? 0)) ? 'script' : 'text';
}

export const familyOf = (hand: Hand): string => (hand === 'script' ? family : textFamily);

let ruler: CanvasRenderingContext2D | null = null;

/** The width of a text at size 1. */
export function measure(text: string, hand: Hand): number {
  ruler ??= document.createElement('canvas').getContext('2d');
  if (!ruler) return text.length * 0.55;
  ruler.font = `100px ${familyOf(hand)}`;
  return ruler.measureText(text).width / 100;
}

/** The characters a TrueType face has, from the segments of its `cmap` (OpenType 1.9, format 4). */
function charactersOf(font: DataView): ReadonlySet<number> {
  const found = new Set<number>();
  const cmap = tableAt(font, 0x636d6170);
  for (let i = 0; i < font.getUint16(cmap + 2); i++) {
    const table = cmap + font.getUint32(cmap + 8 + 8 * i);
    if (font.getUint16(table) === 4) addSegments(font, table, found);
  }
  return found;
}

function addSegments(font: DataView, table: number, found: Set<number>): void {
  const bytes = font.getUint16(table + 6);
  for (let i = 0; i < bytes; i += 2) {
    const last = font.getUint16(table + 14 + i);
    const first = font.getUint16(table + 16 + bytes + i);
    for (let code = first; code <= last && code < 0xffff; code++) found.add(code);
  }
}

function tableAt(font: DataView, tag: number): number {
  for (let i = 0; i < font.getUint16(4); i++) if (font.getUint32(12 + 16 * i) === tag) return font.getUint32(12 + 16 * i + 8);
  throw new RangeError('The font has no cmap table.');
}
