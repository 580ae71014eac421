import { pointerTo } from '../../../../shared/json-pointer.ts';
import type { Fault } from '../../../../shared/problem.ts';
import { type FieldValue, fieldTraits } from '../../../../shared/signing/fields.ts';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import type { Documents } from '../files/documents.ts';
import { printFaults } from '../files/print.ts';
import type { EnvelopeField } from '../records/envelope.ts';
import { valueFault } from './field-request.ts';
import { fitFaults } from './fitting.ts';
import { refuseIf } from './refuse.ts';
import type { EnvelopeRequest } from './request.ts';

/** Values for fields that the request does not carry, a template's or the document's own: by the field's name. */

/** The fields with these values in place of their own. Failure `invalid-input` with every value that cannot stand in its field. */
export async function withGivenValues(
  documents: Pick<Documents, 'missing' | 'unfit'>,
  fields: readonly EnvelopeField[],
  { values }: Pick<EnvelopeRequest, 'values'>,
  pages: readonly PageBox[],
): Promise<EnvelopeField[]> {
  const given = Object.entries(values).flatMap(([name, said]) => {
    const field = fields.find((each) => each.name === name);
    return field ? [{ field, value: filledWith(field, said), pointer: pointerTo('values', name) }] : [];
  });
  refuseIf([...strangers(fields, values), ...given.flatMap((each) => wrong(each, documents.missing))]);
  refuseIf(await fitFaults(documents, given, pages));
  const byField = new Map(given.map(({ field, value }) => [field, value]));
  return fields.map((field) => (byField.has(field) ? { ...field, value: byField.get(field) ?? null } : field));
}

interface GivenValue {
  readonly field: EnvelopeField;
  readonly value: FieldValue | null;
  readonly pointer: string;
}

const fault = (pointer: string, code: string, message: string): Fault => ({ pointer, code, message });

/** An empty text leaves the field empty. */
function filledWith({ type }: EnvelopeField, said: string | boolean): FieldValue | null {
  if (typeof said === 'boolean') return { kind: 'checked', checked: said };
  if (said === '') return null;
  return fieldTraits[type].options ? { kind: 'chosen', option: said } : { kind: 'text', text: said.replace(/\r\n?/g, '\n') };
}

function strangers(fields: readonly EnvelopeField[], values: EnvelopeRequest['values']): Fault[] {
  const names = fields.flatMap(({ name }) => name ?? []);
  const known =
    names.length > 0 ? `must be of one of its fields: ${names.join(', ').slice(0, 500)}` : 'must be of one of its fields: none has a name';
  return Object.keys(values).flatMap((name) => (names.includes(name) ? [] : [fault(pointerTo('values', name), 'no-such-field', known)]));
}

function wrong({ field, value, pointer }: GivenValue, missing: Documents['missing']): Fault[] {
  if (!value) return [];
  if (!fieldTraits[field.type].preset) return [fault(pointer, 'not-allowed', `cannot be given for the type ${field.type}`)];
  const found = valueFault({ ...field, value });
  if (found) return [{ pointer, ...found }];
  return value.kind === 'text' ? printFaults([[pointer, value.text.replace(/\n/g, ' ')]], missing) : [];
}
