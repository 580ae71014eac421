import { pointerTo } from '../../../../shared/json-pointer.ts';
import type { Fault } from '../../../../shared/problem.ts';
import { drawnValue, type FieldValue } from '../../../../shared/signing/fields.ts';
import { valueFault } from '../creation/field-request.ts';
import type { Documents } from '../files/documents.ts';
import { controlFault, isInvisible, unprintable } from '../files/print.ts';
import type { EnvelopeField } from '../records/envelope.ts';

type Values = ReadonlyMap<string, FieldValue | null>;
type Fonts = Pick<Documents, 'missing'>;

/** Every fault of a signer's answers, each at `/values/<field id>`. `own` are the fields that are theirs to answer. */
export const answerFaults = (values: Values, own: readonly EnvelopeField[], fonts: Fonts): Fault[] =>
  [...values].flatMap(([id, value]) =>
    faultOf(
      own.find((field) => field.id === id),
      value,
      fonts,
    ).map((fault) => ({ pointer: pointerTo('values', id), ...fault })),
  );

type FaultHere = Omit<Fault, 'pointer'>;

function faultOf(field: EnvelopeField | undefined, value: FieldValue | null, fonts: Fonts): FaultHere[] {
  if (!field) return [{ code: 'unknown-field', message: 'is not a field of this signer' }];
  if (field.type === 'date_signed') return [{ code: 'fixed', message: 'is the day of signing and cannot be written' }];
  const unfit = valueFault({ ...field, value });
  if (unfit) return [unfit];
  const drawn = value && drawnValue(field.type, value, field.options);
  return drawn && 'text' in drawn ? textFault(drawn.text.replace(/\r?\n/g, ' '), fonts) : [];
}

/** Half surrogate pairs cannot be stamped either; and what leaves no mark must not count as an answer. */
export function textFault(text: string, fonts: Fonts): FaultHere[] {
  if (unprintable.test(text) || !text.isWellFormed() || (isInvisible(text) && text.trim() !== '')) return [controlFault(text)];
  return glyphFault(text, fonts);
}

/** Characters that no font at hand has, named before anybody presses finish. */
function glyphFault(text: string, fonts: Fonts): FaultHere[] {
  const missing = fonts.missing([text]);
  if (missing.length === 0) return [];
  const characters = missing.slice(0, 50).join(' ');
  return [{ code: 'glyph', message: `has characters that cannot be written here: ${characters}`, params: { characters } }];
}
