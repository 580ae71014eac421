/** What a signer can be asked for on a page, and what counts as an answer. Values only, no schemas: the widget takes them as they are. */

export const fieldTypes = ['signature', 'initials', 'date_signed', 'name', 'text', 'checkbox'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** A drawn signature is kept as strokes of points [x, y, ms since the first point, pressure 0 to 1], in units of a pad of this size. */
export const pad = { width: 500, height: 200, maxStrokes: 100, maxPoints: 6_000 } as const;
export type Point = readonly [x: number, y: number, ms: number, pressure: number];
export type Stroke = readonly Point[];

/** The answer to one field. `drawn` and `typed` answer signature and initials; `text` the written fields; `checked` a checkbox. */
export type FieldValue =
  | { readonly kind: 'drawn'; readonly strokes: readonly Stroke[] }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'checked'; readonly checked: boolean };

export const answeredBy: Readonly<Record<FieldType, readonly FieldValue['kind'][]>> = {
  signature: ['drawn', 'typed'],
  initials: ['drawn', 'typed'],
  date_signed: ['text'],
  name: ['text'],
  text: ['text'],
  checkbox: ['checked'],
};

/** Characters an answer may have at most; a signature's typed name is a name. */
export const longest = { typed: 100, text: 1_000 } as const;

/** Does this value count as an answer? An unticked box does not. */
export const isAnswered = (value: FieldValue | null | undefined): boolean => {
  if (!value) return false;
  if (value.kind === 'checked') return value.checked;
  if (value.kind === 'drawn') return value.strokes.some((stroke) => stroke.length > 0);
  return value.text.trim() !== '';
};
