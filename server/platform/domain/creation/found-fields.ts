import type { Fault } from '../../../../shared/problem.ts';
import { type FieldOption, type FieldValue, fieldLimits, fieldTraits, lengthOf } from '../../../../shared/signing/fields.ts';
import { envelopeLimits } from '../../../../shared/vendors/loyva.ts';
import type { Documents, FoundField, PageWords, SignatureLine, TakenIn } from '../files/documents.ts';
import { printFaults } from '../files/print.ts';
import type { FieldForm, FieldRequest } from '../records/field.ts';
import { plainForm } from './field-request.ts';
import { refuseIf } from './refuse.ts';

/** Fields that a document asks for by itself, as they become fields of an envelope or a template. */

/** Somebody who is to sign; `signer` is what their fields name them by. */
export type Party = SignatureLine;

/**
 * The document's own fields, each with whose it is, and a page to sign on for every party that signs nowhere in it. Failure `invalid-input`
 * where they cannot be taken over.
 */
export async function ownFields(
  documents: Documents,
  taken: TakenIn,
  words: PageWords,
  parties: readonly Party[],
): Promise<{ file: TakenIn; fields: FieldRequest[] }> {
  const forms = formsOf(taken.fields);
  refuseIf(foundFaults(forms, documents.missing));
  const own = forms.map(({ found, ...form }) => ({ ...form, signer: ownerOf(found, parties)?.signer ?? '' }));
  const signing = new Set(own.filter(({ type }) => type === 'signature').map(({ signer }) => signer));
  const unsigned = parties.filter(({ signer }) => !signing.has(signer)).map(({ signer, name, role }) => ({ signer, name, role }));
  if (unsigned.length === 0) return { file: taken, fields: own };
  const { file, fields } = await documents.addSignaturePage(taken, { ...words, signers: unsigned });
  return { file, fields: [...own, ...fields.map((field) => ({ ...plainForm(field), signer: field.signer }))] };
}

/**
 * Whose a field is, of these in their order: the one whose role begins its name (`Buyer.name`), or whose number does (`signer2.name`), without
 * regard to case; else the first.
 */
export function ownerOf<T extends { readonly role: string | null }>(
  { name }: Pick<FoundField, 'name'>,
  signers: readonly T[],
): T | undefined {
  const called = signers.filter(({ role }) => role !== null && beginsWith(name, role));
  // Of "Buyer" and "Buyer.Agent" the longer one says more.
  const [named] = called.toSorted((a, b) => (b.role?.length ?? 0) - (a.role?.length ?? 0));
  const number = /^signer([1-9]\d?)(?:\.|$)/i.exec(name)?.[1];
  return named ?? signers[Number(number ?? 0) - 1] ?? signers[0];
}

function beginsWith(name: string, role: string): boolean {
  const [begun, called] = [name.toLowerCase(), role.toLowerCase()];
  return begun === called || begun.startsWith(`${called}.`);
}

/**
 * The roles that a template's document itself names, in the order of its fields: those of tags, what begins the names of signature fields,
 * and `signer1`, `signer2`, … wherever they stand. A dot alone makes no role: forms name their parts so too (`Address.Street`).
 */
export function rolesIn(found: readonly FoundField[]): string[] {
  const roles = found.flatMap((field) => roleIn(field) ?? []);
  const known = new Map(roles.toReversed().map((role) => [role.toLowerCase(), role]));
  const ordered = [...new Set(roles.map((role) => role.toLowerCase()))].map((key) => known.get(key) ?? key);
  return ordered.length > 0 ? ordered : ['Signer'];
}

function roleIn({ name, type, role }: FoundField): string | undefined {
  const [first = '', ...rest] = name.split('.');
  const signs = type === 'signature' && rest.length > 0 && /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} _-]{0,59}$/u.test(first);
  const said = role ?? (signs || /^signer[1-9]\d?$/i.test(first) ? first : '');
  return said.trim() === '' ? undefined : [...said.trim()].slice(0, 60).join('');
}

/** The fields as Inlay's. One that gives nothing to choose from asks for nothing. */
export const formsOf = <T extends FoundField>(found: readonly T[]): (FieldForm & { readonly found: T })[] =>
  found.map((each) => ({ ...formOf(each), found: each })).filter(({ options, places }) => places.length > 0 && options?.length !== 0);

/** What its type cannot carry is left out, and its present value is one that it can have. */
function formOf({ name, type, places, required, ...it }: FoundField): FieldForm {
  const kind = fieldTraits[type];
  const multiline = kind.multiline && it.multiline;
  const value = kind.preset ? presetOf(it.value, multiline) : null;
  const text = value?.kind === 'text' ? lengthOf(value.text) : 0;
  const options = kind.options ? optionsOf(it.options ?? [], value) : null;
  const buttons = places.filter(({ option }) => options?.some((each) => each.value === option));
  return {
    ...{ type, required, multiline, name: tidied(name, 300), value, options },
    places: kind.perOption ? buttons : places.map((place) => ({ ...place, option: null })),
    label: it.label === null ? null : tidied(it.label, 200) || null,
    // A form may be filled in with more than it takes from anybody who types.
    maxLength: kind.maxLength && it.maxLength !== null ? Math.max(it.maxLength, text) : null,
    exportValue: kind.exportValue ? it.exportValue : null,
  };
}

/** A list that takes other words too may be filled in with one that is not on it. */
function optionsOf(options: readonly FieldOption[], value: FieldValue | null): FieldOption[] {
  const said = options.filter((option) => option.value.trim() !== '');
  if (value?.kind !== 'chosen' || said.some((option) => option.value === value.option)) return said;
  return [...said, { value: value.option, label: value.option }];
}

function presetOf(value: FieldValue | null, multiline: boolean): FieldValue | null {
  if (value?.kind === 'chosen') return value.option.trim() === '' ? null : value;
  if (value?.kind !== 'text') return value;
  const text = value.text
    .replace(/\r\n?/g, '\n')
    .replace(multiline ? /[\t\v\f]/g : /\s/g, ' ')
    .trim();
  return text === '' ? null : { kind: 'text', text };
}

const tidied = (text: string, most: number): string => [...text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()].slice(0, most).join('');

/** Why a document's own fields cannot be taken over: too many of them, a name twice, a value that nobody can print. `missing` as in `Documents`. */
export function foundFaults(forms: readonly FieldForm[], missing: (texts: readonly string[]) => string[]): Fault[] {
  const places = forms.reduce((sum, form) => sum + form.places.length, 0);
  const instead = 'Give fields of your own, and its form is kept as it looks.';
  return [
    ...(forms.length > envelopeLimits.fields
      ? [fault('too-many-fields', `has ${forms.length} fields, and at most ${envelopeLimits.fields} can be answered. ${instead}`)]
      : []),
    ...(places > fieldLimits.places
      ? [fault('too-many-places', `has fields at ${places} places, and at most ${fieldLimits.places} can be answered. ${instead}`)]
      : []),
    ...namedTwice(forms).map((name) => fault('duplicate', `has two fields named ${name}. ${instead}`)),
    ...forms.flatMap(({ name, value }) =>
      printFaults([[pointer, value?.kind === 'text' ? value.text.replace(/\n/g, ' ') : '']], missing).map((found) => ({
        ...found,
        message: `has a field ${name} whose value ${found.message}`,
      })),
    ),
  ];
}

function namedTwice(forms: readonly FieldForm[]): string[] {
  const names = forms.flatMap(({ name }) => name ?? []);
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}

const pointer = '/document';
const fault = (code: string, message: string): Fault => ({ pointer, code, message });
