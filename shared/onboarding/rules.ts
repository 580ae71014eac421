import type { Fault } from '../problem.ts';
import { vatForms } from '../text/vat.ts';
import { answerTo, isAsked, tidy } from './answers.ts';
import { orgNumbers } from './countries.ts';
import type { Field, Section, Values } from './flow.ts';

/** Which rule an answer broke. The widget's catalogues hold a sentence for each. */
export const ruleCodes = [
  'required',
  'required-check',
  'too-short',
  'too-long',
  'not-an-option',
  'email-no-at',
  'email-no-name',
  'email-no-domain',
  'email-characters',
  'phone',
  'digits',
  'org-digits',
  'org-characters',
  'vat-prefix',
  'vat-digits',
  'vat-form',
  'wrong-kind',
  'unknown-field',
  'characters',
] as const;
export type RuleCode = (typeof ruleCodes)[number];

type Broken = { code: RuleCode; params?: Record<string, string | number> } | undefined;

/** Tells what of a line cannot be printed (`unprinted` of written.ts), or as much of it as is known. */
export type Unprinted = (text: string) => readonly string[];

/** The rule that this answer breaks, if any. Answers are compared as `tidy` writes them. */
export function brokenRule(field: Field, values: Values, unprinted: Unprinted = () => []): Broken {
  const answer = tidy(answerTo(values, field.name));
  if (field.kind === 'checkbox' && typeof answer === 'string' && answer) return { code: 'wrong-kind' };
  if (field.kind === 'checkbox') return field.required && answer !== true ? { code: 'required-check' } : undefined;
  if (typeof answer === 'boolean') return { code: 'wrong-kind' };
  if (!answer) return field.required ? { code: 'required' } : undefined;
  const length = [...answer].length;
  if (field.min && length < field.min) return { code: 'too-short', params: { min: field.min, typed: length } };
  if (length > field.max) return { code: 'too-long', params: { max: field.max, typed: length } };
  if (field.options && !field.options.some((option) => option.value === answer)) return { code: 'not-an-option' };
  if (field.kind === 'country' && !/^[A-Z]{2}$/.test(answer)) return { code: 'not-an-option' };
  const strange = field.kind === 'text' ? unprinted(answer) : [];
  if (strange.length > 0) return { code: 'characters', params: { characters: strange.slice(0, 20).join(' ') } };
  const country = String((field.country_field && answerTo(values, field.country_field)) || '');
  return check(field.format ?? formatOf(field), answer, country);
}

/** Never what every table inherits: a country may be said to be `constructor`. */
const entry = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Every fault of these answers, in the order of the form, with its JSON Pointer under `/values`. Unknown fields are faults too. */
export function faultsOf(sections: readonly Section[], values: Values, unprinted?: Unprinted): Fault[] {
  const fields = sections.flatMap((section) => section.fields);
  const faults: Fault[] = [];
  for (const field of fields) {
    const broken = isAsked(field, values) ? brokenRule(field, values, unprinted) : undefined;
    if (broken) faults.push({ pointer: `/values/${field.name}`, ...broken });
  }
  return [...faults, ...unknownFields(fields, values)];
}

/** Answers to questions that the form does not ask. */
export function unknownFields(fields: readonly Field[], values: Values): Fault[] {
  const known = new Set(fields.map((field) => field.name));
  return Object.keys(values)
    .filter((name) => !known.has(name))
    .map((name) => ({ pointer: `/values/${name}`, code: 'unknown-field' }));
}

const formatOf = (field: Field): Field['format'] => (field.kind === 'email' ? 'email' : field.kind === 'tel' ? 'phone' : undefined);

function check(format: Field['format'], answer: string, country: string): Broken {
  switch (format) {
    case 'email':
      return email(answer);
    case 'phone':
      return /^\+?[\d ()./-]+$/.test(answer) && between(digitsOf(answer).length, 6, 15) ? undefined : { code: 'phone' };
    case 'digits':
      return /^\d+$/.test(answer) ? undefined : { code: 'digits' };
    case 'org-number':
      return orgNumber(answer, country);
    case 'vat':
      return vat(answer, country);
    default:
      return undefined;
  }
}

/** What a mail server will take, told apart by what is missing (the HTML standard's production for e-mail, plus a dot in the domain). */
function email(answer: string): Broken {
  const at = answer.lastIndexOf('@');
  if (at < 0) return { code: 'email-no-at' };
  const name = answer.slice(0, at);
  const domain = answer.slice(at + 1);
  if (!name) return { code: 'email-no-name' };
  if (!domain?.includes('.') || domain.startsWith('.') || domain.endsWith('.')) return { code: 'email-no-domain', params: { name } };
  const labels = domain.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label));
  // biome-ignore lint/complexity/noUselessEscapeInRegex: the set is the HTML standard's, kept letter by letter
  return labels && /^[A-Za-z0-9.!#$%&'*+\/=?^_`{|}~-]{1,64}$/.test(name) && answer.length <= 254 ? undefined : { code: 'email-characters' };
}

function orgNumber(answer: string, country: string): Broken {
  const rule = entry(orgNumbers, country);
  const compact = answer.replace(/[ .-]/g, '');
  if (!rule) return /^[A-Za-z0-9/]{2,20}$/.test(compact) ? undefined : { code: 'org-characters' };
  return /^\d+$/.test(compact) && compact.length === rule.digits
    ? undefined
    : { code: 'org-digits', params: { digits: rule.digits, typed: digitsOf(compact).length, example: rule.example } };
}

function vat(answer: string, country: string): Broken {
  const rule = entry(vatForms, country);
  const compact = answer.replace(/[ .-]/g, '').toUpperCase();
  if (!rule) return /^[A-Z0-9]{4,16}$/.test(compact) ? undefined : { code: 'vat-form', params: { example: 'SE556000000001' } };
  const rest = compact.startsWith(rule.prefix) ? compact.slice(rule.prefix.length) : compact;
  if (compact.startsWith(rule.prefix) && rule.forms.some((form) => fits(form, rest))) return undefined;
  const [only] = rule.forms;
  const counted = rule.forms.length === 1 && only !== undefined && /^9+$/.test(only);
  if (counted)
    return {
      code: compact.startsWith(rule.prefix) ? 'vat-digits' : 'vat-prefix',
      params: { prefix: rule.prefix, digits: only.length, typed: digitsOf(rest).length },
    };
  return { code: 'vat-form', params: { prefix: rule.prefix, example: rule.prefix + exampleOf(only ?? '') } };
}

const fits = (form: string, text: string): boolean =>
  form.length === text.length && [...form].every((sign, i) => signs[sign]?.test(text[i] ?? '') ?? sign === text[i]);
const signs: Record<string, RegExp> = { 9: /\d/, A: /[A-Z]/, '*': /[A-Z0-9+*]/ };
const exampleOf = (form: string): string => form.replace(/9/g, '1').replace(/A/g, 'X').replace(/\*/g, '2');
const digitsOf = (text: string): string => text.replace(/\D/g, '');
const between = (n: number, low: number, high: number): boolean => n >= low && n <= high;
