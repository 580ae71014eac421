import type { FieldType, FieldValue } from '../../../shared/fields.ts';
import type { Fault } from '../../../shared/problem.ts';
import type { EnvelopeField } from './envelope.ts';
import { newId } from './secrets.ts';

/** A field as it is asked for: its place in fractions of the page. */
export interface FieldRequest {
  readonly type: FieldType;
  /** A signer's e-mail; in a template the role of whoever signs. */
  readonly signer: string;
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly required: boolean;
  readonly label: string | null;
  /** What it is filled with until the signer changes it. */
  readonly value: Extract<FieldValue, { kind: 'text' }> | null;
}

/** The field as one of this envelope's. */
export const newField = (envelopeId: string, field: FieldRequest, signerId: string): EnvelopeField => ({
  id: newId('field'),
  envelopeId,
  signerId,
  type: field.type,
  page: field.page,
  x: field.x,
  y: field.y,
  width: Math.min(field.width, 1 - field.x),
  height: Math.min(field.height, 1 - field.y),
  required: field.required,
  label: field.label,
  value: field.value,
});

/** Fields that reach past their page, or hold what they cannot. */
export const fieldFaults = (fields: readonly FieldRequest[]): Fault[] =>
  fields.flatMap((field, i) => {
    const preset = field.value && field.type !== 'text' && field.type !== 'name';
    return [
      ...(field.x + field.width > 1 + slack
        ? [fault(`/fields/${i}/width`, 'outside', 'must not reach past the right edge of the page')]
        : []),
      ...(field.y + field.height > 1 + slack ? [fault(`/fields/${i}/height`, 'outside', 'must not reach past the foot of the page')] : []),
      ...(preset ? [fault(`/fields/${i}/value`, 'not-allowed', 'can be given for text and name fields only')] : []),
    ];
  });

/** Pages that the document does not have, and fields too small to be seen on theirs (points: 1/72 inch). */
export function placeFaults(fields: readonly FieldRequest[], pages: readonly { width: number; height: number }[]): Fault[] {
  return fields.flatMap(({ page, width, height }, i) => {
    const size = pages[page - 1];
    if (!size) return [fault(`/fields/${i}/page`, 'no-such-page', `must be a page of the document, which has ${pages.length}`)];
    return [
      ...(width * size.width < smallest
        ? [fault(`/fields/${i}/width`, 'too-small', `must be at least ${smallest} points on its page`)]
        : []),
      ...(height * size.height < smallest
        ? [fault(`/fields/${i}/height`, 'too-small', `must be at least ${smallest} points on its page`)]
        : []),
    ];
  });
}

/** A field smaller than this, in points, can neither be hit nor read. */
const smallest = 8;
/** Thirds and the like do not add up to exactly 1. */
const slack = 1e-6;

const fault = (pointer: string, code: string, message: string): Fault => ({ pointer, code, message });
