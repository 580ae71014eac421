import { z } from 'zod/mini';
import { type FieldPlace, type FieldValue, fieldLimits, fieldTraits, fieldTypes, longest } from '../../../../shared/signing/fields.ts';
import { envelopeLimits } from '../../../../shared/vendors/loyva.ts';
import { type AskedField, firstPlace } from '../../domain/creation/field-request.ts';
import type { FieldRequest } from '../../domain/records/field.ts';
import { line, listOf, oneOf, prose, readBy, unturned, wanted, whole, within } from '../loyva/input.ts';

/**
 * How fields come. Where one is: by its own `page`, `x`, `y`, `width`, `height`; at several places by `places`, each with these; a radio by
 * such a place in each of its `options`, or by `places` that each name their `option`. What counts is the first of `places`, options, field.
 */

const place = { page: whole(1, envelopeLimits.pages), x: within(0, 1), y: within(0, 1), width: within(0, 1), height: within(0, 1) };
const option = { value: line(fieldLimits.option), label: z.nullish(line(fieldLimits.option)) };
const object = wanted('must be an object');
const Option = z.object(option, object);
/** A text alone is an option that is called as its value. */
const OptionOrText = readBy<z.output<typeof Option>>((given) =>
  typeof given === 'string'
    ? z.pipe(
        line(fieldLimits.option),
        z.transform((value: string) => ({ value, label: undefined })),
      )
    : Option,
);
const common = {
  type: oneOf(fieldTypes),
  required: z._default(z.boolean('must be true or false'), true),
  label: z.nullish(line(100).check(unturned)),
  name: z.nullish(line(100)),
  multiline: z.nullish(z.boolean('must be true or false')),
  max_length: z.nullish(whole(1, longest.text)),
  export_value: z.nullish(line(fieldLimits.option)),
  value: z.nullish(readBy<string | boolean>((given) => (typeof given === 'boolean' ? z.boolean() : prose(longest.text)))),
};
const options = z.nullish(listOf(OptionOrText, 1, fieldLimits.options));

type Common = Omit<z.output<z.ZodMiniObject<typeof common>>, never> & { readonly signer: string };
type Option = z.output<typeof Option>;
type Placed = z.output<z.ZodMiniObject<typeof place>>;

const placed = ({ page, x, y, width, height }: Placed, option: string | null = null): FieldPlace => ({ page, x, y, width, height, option });

const asked = (it: Common, given: readonly Option[] | null | undefined, where: Pick<AskedField, 'places' | 'placedBy'>): AskedField => ({
  type: it.type,
  signer: it.signer,
  required: it.required,
  label: it.label ?? null,
  name: it.name ?? null,
  multiline: it.multiline ?? false,
  maxLength: it.max_length ?? null,
  options: given?.map(({ value, label }) => ({ value, label: label ?? value })) ?? null,
  exportValue: it.export_value ?? null,
  value: presetOf(it),
  ...where,
});

function presetOf({ type, value }: Common): FieldValue | null {
  if (typeof value === 'boolean') return { kind: 'checked', checked: value };
  if (!value) return null;
  return fieldTraits[type].options ? { kind: 'chosen', option: value } : { kind: 'text', text: value.replace(/\r\n?/g, '\n') };
}

/** The three ways of saying where, with a `signer` of this kind: an e-mail or a role. */
function formsOf(signer: z.ZodMiniType<string>) {
  const shape = { ...common, signer };
  return {
    field: z.pipe(
      z.object({ ...shape, options, ...place }, object),
      z.transform((it: Common & Placed & { options?: Option[] | null | undefined }) =>
        asked(it, it.options, { places: [placed(it)], placedBy: 'field' }),
      ),
    ),
    places: z.pipe(
      z.object({ ...shape, options, places: listOf(z.object({ ...place, option: option.label }, object), 1, fieldLimits.placesOfField) }),
      z.transform(
        (
          it: Common & {
            options?: Option[] | null | undefined;
            places: (Placed & { option?: string | null | undefined })[];
          },
        ) => asked(it, it.options, { places: it.places.map((each) => placed(each, each.option ?? null)), placedBy: 'places' }),
      ),
    ),
    options: z.pipe(
      z.object({ ...shape, options: listOf(z.object({ ...option, ...place }, object), 1, fieldLimits.options) }),
      z.transform((it: Common & { options: (Option & Placed)[] }) =>
        asked(it, it.options, { places: it.options.map((each) => placed(each, each.value)), placedBy: 'options' }),
      ),
    ),
  };
}

function placedBy(given: unknown): AskedField['placedBy'] {
  const { places, type } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  if (places !== undefined && places !== null) return 'places';
  return type === 'radio' ? 'options' : 'field';
}

/** Fields, each with a `signer` of this kind: an e-mail or a role. */
export function fieldsOf(signer: z.ZodMiniType<string>, least: number) {
  const forms = formsOf(signer);
  return listOf(
    readBy<AskedField>((given) => forms[placedBy(given)]),
    least,
    envelopeLimits.fields,
  );
}

const answer = { page: z.int(), x: z.number(), y: z.number(), width: z.number(), height: z.number() };
/** A field as it is told: as it could be asked for again. `page`, `x`, … are those of its first place. */
export const FieldAnswer = z.object({
  type: z.enum(fieldTypes),
  signer: z.string(),
  ...answer,
  places: z.array(z.object({ ...answer, option: z.nullable(z.string()) })),
  required: z.boolean(),
  label: z.nullable(z.string()),
  name: z.nullable(z.string()),
  multiline: z.boolean(),
  max_length: z.nullable(z.int()),
  options: z.nullable(z.array(z.object({ value: z.string(), label: z.string() }))),
  export_value: z.nullable(z.string()),
  value: z.nullable(z.union([z.string(), z.boolean()])),
});

export function fieldAnswer(field: FieldRequest): z.output<typeof FieldAnswer> {
  const { type, signer, required, label, name, multiline, options, value } = field;
  const { page, x, y, width, height } = firstPlace(field);
  return {
    ...{ type, signer, page, x, y, width, height, required, label, name, multiline },
    places: field.places.map((each) => ({ ...each })),
    max_length: field.maxLength,
    options: options?.map((each) => ({ ...each })) ?? null,
    export_value: field.exportValue,
    value: value && saidBy(value),
  };
}

function saidBy(value: FieldValue): string | boolean | null {
  if (value.kind === 'checked') return value.checked;
  if (value.kind === 'chosen') return value.option;
  return value.kind === 'text' ? value.text : null;
}
