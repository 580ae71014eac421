import type { Fault } from '../../../../shared/problem.ts';
import type { FieldValue } from '../../../../shared/signing/fields.ts';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import type { Documents } from '../files/documents.ts';
import { marksOf } from '../files/marks.ts';
import type { EnvelopeField } from '../records/envelope.ts';
import type { FieldRequest } from '../records/field.ts';
import { newField } from './field-request.ts';

/** A field with the answer it is to show, and what that answer is called where it was given. */
export interface Given {
  readonly field: EnvelopeField;
  readonly value: FieldValue | null;
  readonly pointer: string;
}

/**
 * Answers that would be written smaller than 6 points in their fields, each once. Asked when answers are given, never when they are sealed:
 * what is signed stays as it was shown.
 */
export async function fitFaults(documents: Pick<Documents, 'unfit'>, given: readonly Given[], pages: readonly PageBox[]): Promise<Fault[]> {
  const marks = given.flatMap(({ field, value, pointer }) => marksOf([{ ...field, value }], []).map((mark) => ({ mark, pointer })));
  const unfit = await documents.unfit(
    marks.map(({ mark }) => mark),
    pages,
  );
  const pointers = new Set(unfit.map((i) => marks[i]?.pointer ?? ''));
  return [...pointers].map((pointer) => ({
    pointer,
    code: 'does-not-fit',
    message: 'does not fit its field: it would be smaller than 6 points',
  }));
}

/** Of fields that are asked for: values that do not fit, and fields for a date that hold none. */
export function requestFitFaults(
  documents: Pick<Documents, 'unfit'>,
  fields: readonly FieldRequest[],
  pages: readonly PageBox[],
): Promise<Fault[]> {
  const given = fields.map((request, i): Given => {
    const field = newField('', request, '');
    if (field.type === 'date_signed') return { field, value: anyDay, pointer: `/fields/${i}/width` };
    return { field, value: field.value, pointer: `/fields/${i}/value` };
  });
  return fitFaults(documents, given, pages);
}

/** As wide as any. */
const anyDay: FieldValue = { kind: 'text', text: '0000-00-00' };
