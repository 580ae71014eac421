import type { Fault } from '../../../../shared/problem.ts';
import { fieldLimits, fieldTraits } from '../../../../shared/signing/fields.ts';
import { type AskedField, valueFault } from './field-request.ts';

type Fields = readonly AskedField[];

/** Everything that is wrong with fields by themselves, each at its JSON Pointer. */
export const fieldFaults = (fields: Fields): Fault[] => [
  ...tooMany(fields),
  ...sameNames(fields),
  ...fields.flatMap((field, i) => [...outside(field, i), ...misplaced(field, i), ...unfit(field, i), ...wrongValue(field, i)]),
];

/** Pages that the document does not have, and places too small to be seen on theirs (points: 1/72 inch). */
export const placeFaults = (fields: Fields, pages: readonly { width: number; height: number }[]): Fault[] =>
  fields.flatMap((field, i) =>
    field.places.flatMap(({ page, width, height }, n) => {
      const at = pointerOf(field, i, n);
      const size = pages[page - 1];
      if (!size) return [fault(`${at}/page`, 'no-such-page', `must be a page of the document, which has ${pages.length}`)];
      const small = `must be at least ${smallest} points on its page`;
      return [
        ...(width * size.width < smallest ? [fault(`${at}/width`, 'too-small', small)] : []),
        ...(height * size.height < smallest ? [fault(`${at}/height`, 'too-small', small)] : []),
      ];
    }),
  );

/** Texts of fields that are drawn in the sealed file, and where they came from. */
export const printedOf = (fields: Fields): [pointer: string, text: string][] =>
  fields.flatMap(({ type, value, options }, i): [string, string][] => [
    [`/fields/${i}/value`, value && 'text' in value ? value.text.replace(/[\n\r]+/g, ' ') : ''],
    ...(type === 'dropdown' ? (options ?? []) : []).map(({ label }, n): [string, string] => [`/fields/${i}/options/${n}/label`, label]),
  ]);

/** A place smaller than this, in points, can neither be hit nor read. */
const smallest = 8;
/** Thirds and the like do not add up to exactly 1. */
const slack = 1e-6;

const fault = (pointer: string, code: string, message: string): Fault => ({ pointer, code, message });

const pointerOf = ({ placedBy }: AskedField, i: number, n: number): string =>
  placedBy === 'field' ? `/fields/${i}` : `/fields/${i}/${placedBy}/${n}`;

const tooMany = (fields: Fields): Fault[] =>
  fields.reduce((sum, { places }) => sum + places.length, 0) > fieldLimits.places
    ? [fault('/fields', 'too-many-places', `must have at most ${fieldLimits.places} places in all`)]
    : [];

function sameNames(fields: Fields): Fault[] {
  const names = fields.map(({ name }) => name);
  return names.flatMap((name, i) =>
    name !== null && names.indexOf(name) < i ? [fault(`/fields/${i}/name`, 'duplicate', `must not be that of another field: ${name}`)] : [],
  );
}

const outside = (field: AskedField, i: number): Fault[] =>
  field.places.flatMap(({ x, y, width, height }, n) => {
    const at = pointerOf(field, i, n);
    return [
      ...(x + width > 1 + slack ? [fault(`${at}/width`, 'outside', 'must not reach past the right edge of the page')] : []),
      ...(y + height > 1 + slack ? [fault(`${at}/height`, 'outside', 'must not reach past the foot of the page')] : []),
    ];
  });

/** A radio has a place for each of its options, each of which is one; other fields have none for an option. */
function misplaced(field: AskedField, i: number): Fault[] {
  const { places, options, type } = field;
  const at = (n: number) => `${pointerOf(field, i, n)}/option`;
  if (!fieldTraits[type].perOption)
    return places.flatMap(({ option }, n) => (option === null ? [] : [fault(at(n), 'not-allowed', 'can be given for a radio only')]));
  const known = (options ?? []).map(({ value }) => value);
  return [
    ...places.flatMap(({ option }, n) =>
      option === null || !known.includes(option) ? [fault(at(n), 'no-such-option', 'must be the value of one of the options')] : [],
    ),
    ...known.flatMap((value, n) =>
      places.some(({ option }) => option === value)
        ? []
        : [fault(`/fields/${i}/options/${n}`, 'place-missing', `needs a place for ${value}`)],
    ),
  ];
}

/** What this type of field cannot carry, and options that are not there or there twice. */
function unfit({ type, options, multiline, maxLength, exportValue }: AskedField, i: number): Fault[] {
  const kind = fieldTraits[type];
  const at = `/fields/${i}`;
  const not = (part: string) => fault(`${at}/${part}`, 'not-allowed', `cannot be given for the type ${type}`);
  const values = (options ?? []).map(({ value }) => value);
  return [
    ...(kind.options && !options ? [fault(`${at}/options`, 'required', 'is required')] : []),
    ...(!kind.options && options ? [not('options')] : []),
    ...(!kind.multiline && multiline ? [not('multiline')] : []),
    ...(!kind.maxLength && maxLength !== null ? [not('max_length')] : []),
    ...(!kind.exportValue && exportValue !== null ? [not('export_value')] : []),
    ...values.flatMap((value, n) =>
      values.indexOf(value) < n ? [fault(`${at}/options/${n}/value`, 'duplicate', `must not be that of another option: ${value}`)] : [],
    ),
  ];
}

function wrongValue(field: AskedField, i: number): Fault[] {
  if (field.value && !fieldTraits[field.type].preset)
    return [fault(`/fields/${i}/value`, 'not-allowed', `cannot be given for the type ${field.type}`)];
  const found = valueFault(field);
  return found ? [{ pointer: `/fields/${i}/value`, ...found }] : [];
}
