import type { Place } from './geometry.ts';

/** What a signer can be asked for on a page, and what counts as an answer. Values only, no schemas: the widget takes them as they are. */

export const fieldTypes = ['signature', 'initials', 'date_signed', 'name', 'text', 'checkbox', 'radio', 'dropdown'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** A place of a field: fractions of the displayed page, which counts from 1. `option`: the value that a radio's button there stands for. */
export interface FieldPlace extends Place {
  readonly page: number;
  readonly option: string | null;
}

/** One of the things that a radio or a dropdown gives to choose from. */
export interface FieldOption {
  readonly value: string;
  readonly label: string;
}

/** A drawn signature is kept as strokes of points [x, y, ms since the first point, pressure 0 to 1], in units of a pad of this size. */
export const pad = { width: 500, height: 200, maxStrokes: 100, maxPoints: 6_000 } as const;
export type Point = readonly [x: number, y: number, ms: number, pressure: number];
export type Stroke = readonly Point[];

/** The answer to one field. `lang` (BCP 47) is the language of whoever wrote it: Han characters are drawn as it has them. `chosen` is the value of one of its options. */
export type FieldValue =
  | { readonly kind: 'drawn'; readonly strokes: readonly Stroke[] }
  | { readonly kind: 'typed'; readonly text: string; readonly lang?: string | undefined }
  | { readonly kind: 'text'; readonly text: string; readonly lang?: string | undefined }
  | { readonly kind: 'checked'; readonly checked: boolean }
  | { readonly kind: 'chosen'; readonly option: string };

/** What a type of field is answered by, and what it may carry. */
export interface FieldTraits {
  readonly answers: readonly FieldValue['kind'][];
  /** It can come with a value, which stands until the signer changes it. */
  readonly preset: boolean;
  /** It gives something to choose from, and must. */
  readonly options: boolean;
  /** Each of its options has a place of its own; the places of every other type all show the same answer. */
  readonly perOption: boolean;
  /** It may have several lines; it may have a longest length. */
  readonly multiline: boolean;
  readonly maxLength: boolean;
  /** It may say what its tick stands for. */
  readonly exportValue: boolean;
}

const plain = { preset: false, options: false, perOption: false, multiline: false, maxLength: false, exportValue: false } as const;

export const fieldTraits: Readonly<Record<FieldType, FieldTraits>> = {
  signature: { ...plain, answers: ['drawn', 'typed'] },
  initials: { ...plain, answers: ['drawn', 'typed'] },
  date_signed: { ...plain, answers: ['text'] },
  name: { ...plain, answers: ['text'], preset: true },
  text: { ...plain, answers: ['text'], preset: true, multiline: true, maxLength: true },
  checkbox: { ...plain, answers: ['checked'], preset: true, exportValue: true },
  radio: { ...plain, answers: ['chosen'], preset: true, options: true, perOption: true },
  dropdown: { ...plain, answers: ['chosen'], preset: true, options: true },
};

/** Characters an answer may have at most; a signature's typed name is a name. `option` is the value of one, however it came to be one. */
export const longest = { typed: 100, text: 1_000, option: 1_000 } as const;
/** Options of a field, characters of an option's value or label, places of a field and of all fields of a document: at most. */
export const fieldLimits = { options: 300, option: 200, placesOfField: 300, places: 2_000 } as const;

/** Characters as people and forms count them: Unicode code points, so that an emoji or a rare Han letter is one. */
export const lengthOf = (text: string): number => [...text].length;

/** Does this value count as an answer? An unticked box does not. */
export const isAnswered = (value: FieldValue | null | undefined): boolean => {
  if (!value) return false;
  if (value.kind === 'checked') return value.checked;
  if (value.kind === 'chosen') return value.option !== '';
  if (value.kind === 'drawn') return value.strokes.some((stroke) => stroke.length > 0);
  return value.text.trim() !== '';
};

/** Where this answer is seen: at every place of its field, of a radio at those of the chosen option. */
export const placesOf = <T extends { readonly option: string | null }>(places: readonly T[], value: FieldValue): readonly T[] =>
  value.kind === 'chosen' ? places.filter(({ option }) => option === null || option === value.option) : places;

/** The answer as it is drawn: what is chosen from a list is its label, as text. */
export function drawnValue(type: FieldType, value: FieldValue, options: readonly FieldOption[] | null): FieldValue {
  if (value.kind !== 'chosen' || fieldTraits[type].perOption) return value;
  return { kind: 'text', text: labelOf(value.option, options) };
}

/** What the signer reads of an option. */
export const labelOf = (option: string, options: readonly FieldOption[] | null): string =>
  options?.find(({ value }) => value === option)?.label ?? option;
