import type { FieldType } from '../../../../shared/signing/fields.ts';
import { displayed, type PageBox, type Place, placeOf } from '../../../../shared/signing/geometry.ts';
import type { FoundField } from '../../domain/files/documents.ts';
import type { PageGlyph, PageText } from '../pdf/text-run.ts';

/** A tag in the text of a page: `{{signature:Buyer}}`, `{{text:Buyer:name}}`, `{{date}}` of the first signer. */
export interface TextTag {
  readonly type: FieldType;
  readonly role: string | null;
  readonly name: string | null;
  /** Counts from 1. */
  readonly page: number;
  readonly place: Place;
  /** What is to be taken out of the page. */
  readonly glyphs: readonly PageGlyph[];
}

/** How a tag names its type, and how large its field is at least (points): the tag's own size counts where it is larger. */
const types: Readonly<Record<string, { type: FieldType; width: number; height: number }>> = {
  signature: { type: 'signature', width: 90, height: 36 },
  initials: { type: 'initials', width: 40, height: 28 },
  date: { type: 'date_signed', width: 60, height: 16 },
  date_signed: { type: 'date_signed', width: 60, height: 16 },
  name: { type: 'name', width: 60, height: 16 },
  text: { type: 'text', width: 60, height: 16 },
  checkbox: { type: 'checkbox', width: 0, height: 0 },
};
const pattern = new RegExp(`\\{\\{\\s*(${Object.keys(types).join('|')})\\s*(?::([^{}:\\n]{1,80}))?(?::([^{}:\\n]{1,80}))?\\}\\}`, 'gi');

/** May a text without its spaces hold a tag? */
export const mayHoldTags = (text: string): boolean => text.search(pattern) >= 0;

/** The text without its tags and spaces. */
export const withoutTags = (text: string): string => text.replace(pattern, '').replace(/\s+/g, '');

/** The tags of a page in the order of its content. */
export function tagsOf({ glyphs }: PageText, page: number, box: PageBox): TextTag[] {
  const { text, owners } = joined(glyphs);
  return [...text.matchAll(pattern)].flatMap((match): TextTag[] => {
    const [whole, word = '', role, name] = match;
    const kind = types[word.toLowerCase()];
    const own = [...new Set(owners.slice(match.index, match.index + whole.length).filter((glyph) => glyph !== undefined))];
    const place = kind && placeFor(own, box, kind);
    if (!kind || !place) return [];
    return [{ type: kind.type, role: role?.trim() || null, name: name?.trim() || null, page, place, glyphs: own }];
  });
}

/** The glyphs' texts in one string, a line end where they do not go on from each other, and whose each letter is. */
function joined(glyphs: readonly PageGlyph[]): { text: string; owners: (PageGlyph | undefined)[] } {
  let text = '';
  const owners: (PageGlyph | undefined)[] = [];
  const add = (letters: string, owner: PageGlyph | undefined): void => {
    text += letters;
    for (let i = 0; i < letters.length; i += 1) owners.push(owner);
  };
  glyphs.forEach((glyph, i) => {
    const before = glyphs[i - 1];
    if (before) add(gapBetween(before, glyph), undefined);
    add(glyph.text, glyph);
  });
  return { text, owners };
}

function gapBetween({ to, up }: PageGlyph, { from }: PageGlyph): string {
  const size = Math.hypot(...up) || 1;
  const gap = Math.hypot(from[0] - to[0], from[1] - to[1]) / size;
  return gap > 1.5 ? '\n' : gap > 0.2 ? ' ' : '';
}

/** As large as the tag, or as the field must be: it grows to the right and upwards, and stays on the page. */
function placeFor(glyphs: readonly PageGlyph[], box: PageBox, least: { width: number; height: number }): Place | undefined {
  // What a letter reaches above and below its line, in parts of its size.
  const points = glyphs.flatMap(({ from, to, up }) =>
    [from, to].flatMap(([x, y]) => [0.85, -0.25].map((part) => [x + up[0] * part, y + up[1] * part] as const)),
  );
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const place = placeOf(box, [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
  if (!place) return undefined;
  const size = displayed(box);
  const square = least.width === 0;
  const height = Math.min(1, square ? place.height : Math.max(place.height, least.height / size.height));
  const width = Math.min(1, square ? (place.height * size.height) / size.width : Math.max(place.width, least.width / size.width));
  return { x: Math.max(0, Math.min(place.x, 1 - width)), y: Math.max(0, place.y + place.height - height), width, height };
}

/** The fields that tags ask for. One that is named twice for the same is one field in two places; without a name each is its own. */
export function fieldsOfTags(tags: readonly TextTag[]): FoundField[] {
  const fields = new Map<string, FoundField>();
  for (const { type, role, name, page, place } of tags) {
    const wanted = [role, name ?? type].filter((part) => part !== null).join('.');
    const known = fields.get(wanted);
    if (known && name !== null && known.type === type) {
      fields.set(wanted, { ...known, places: [...known.places, { page, ...place, option: null }] });
      continue;
    }
    let own = wanted;
    for (let number = 2; fields.has(own); number += 1) own = `${wanted} ${number}`;
    fields.set(own, { ...plain, name: own, role, type, places: [{ page, ...place, option: null }] });
  }
  return [...fields.values()];
}

const plain = { required: true, label: null, multiline: false, maxLength: null, options: null, exportValue: null, value: null };
