import { newId } from '../../../../shared/ids.ts';
import { type FieldPlace, fieldTraits, lengthOf } from '../../../../shared/signing/fields.ts';
import type { EnvelopeField } from '../records/envelope.ts';
import type { FieldForm, FieldRequest } from '../records/field.ts';

/** As it came: `placedBy` is the part of the request that says where, so that a fault is named where it is. */
export interface AskedField extends FieldRequest {
  readonly placedBy: 'field' | 'places' | 'options';
}

/** The field as one of this envelope's. */
export const newField = (envelopeId: string, form: FieldForm, signerId: string): EnvelopeField => ({
  id: newId('field'),
  envelopeId,
  signerId,
  ...keptForm(form),
});

/** The form alone, without what else the object carries, within its pages. */
export const keptForm = ({
  type,
  places,
  required,
  label,
  name,
  multiline,
  maxLength,
  options,
  exportValue,
  value,
}: FieldForm): FieldForm => ({
  type,
  places: places.map(withinPage),
  required,
  label,
  name,
  multiline,
  maxLength,
  options,
  exportValue,
  value,
});

/** Where the field is looked for first. */
export function firstPlace({ places }: Pick<FieldForm, 'places'>): FieldPlace {
  const [first] = places;
  if (!first) throw new RangeError('A field has a place.');
  return first;
}

const withinPage = (place: FieldPlace): FieldPlace => ({
  ...place,
  width: Math.min(place.width, 1 - place.x),
  height: Math.min(place.height, 1 - place.y),
});

/** A field at one place with nothing special to it. */
export const plainForm = ({
  type,
  required,
  label,
  ...place
}: Pick<FieldForm, 'type' | 'required' | 'label'> & Omit<FieldPlace, 'option'>): FieldForm => ({
  type,
  required,
  label,
  places: [{ page: place.page, x: place.x, y: place.y, width: place.width, height: place.height, option: null }],
  name: null,
  multiline: false,
  maxLength: null,
  options: null,
  exportValue: null,
  value: null,
});

/** Why a value cannot stand in this field: code and words, or nothing. What the API asks with, and what a signer answers. */
export function valueFault({
  type,
  value,
  options,
  multiline,
  maxLength,
}: FieldForm): { code: string; message: string; params?: Record<string, number> } | undefined {
  if (!value) return undefined;
  const { answers } = fieldTraits[type];
  if (!answers.includes(value.kind)) return { code: 'wrong-kind', message: `is answered by ${answers.join(' or ')}` };
  if (value.kind === 'chosen' && !options?.some((option) => option.value === value.option))
    return {
      code: 'no-such-option',
      message: `must be one of ${(options ?? [])
        .map((option) => option.value)
        .join(', ')
        .slice(0, 500)}`,
    };
  if (value.kind !== 'text') return undefined;
  if (!multiline && /[\n\r]/.test(value.text)) return { code: 'control-characters', message: 'must not hold line breaks: it is one line' };
  return maxLength !== null && lengthOf(value.text) > maxLength
    ? { code: 'too-long', message: `must have at most ${maxLength} characters`, params: { max: maxLength } }
    : undefined;
}
