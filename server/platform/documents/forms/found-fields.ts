import { PDFArray, PDFNumber, type PDFObject } from '@cantoo/pdf-lib';
import {
  type FieldOption,
  type FieldPlace,
  type FieldType,
  type FieldValue,
  fieldLimits,
  lengthOf,
  longest,
} from '../../../../shared/signing/fields.ts';
import { placeOf } from '../../../../shared/signing/geometry.ts';
import type { FoundField } from '../../domain/files/documents.ts';
import { isShown, rectangleIn } from '../pdf/appearance.ts';
import { valueIn } from '../pdf/walk.ts';
import { type FormField, inherited, onState, stateOf, textOf, type Widget } from './form.ts';

/** The field as Inlay asks for it; nothing for one that stays as it looks: read-only, hidden, a push button, of a kind that Inlay has not. */
export function foundField(field: FormField): FoundField | undefined {
  const widgets = field.widgets.filter(({ dict }) => isShown(dict));
  if (field.readOnly || widgets.length === 0 || field.name === '') return undefined;
  const read = readers[field.kind]?.({ ...field, widgets });
  if (!read || read.places.length === 0) return undefined;
  return { ...plain, name: field.name, required: field.required, label: labelOf(field), ...read };
}

type Read = Partial<FoundField> & Pick<FoundField, 'type' | 'places'>;
const plain = { role: null, multiline: false, maxLength: null, options: null, exportValue: null, value: null };

const readers: Partial<Record<FormField['kind'], (field: FormField) => Read | undefined>> = {
  signature: ({ widgets }) => ({ type: 'signature', required: true, places: placesOf(widgets) }),
  text: readText,
  choice: readChoice,
  radio: readButtons,
  check: readButtons,
};

function readText(field: FormField): Read | undefined {
  // A password is not to be read, and a file not to be chosen (table 231).
  if (field.flag(14) || field.flag(21)) return undefined;
  const multiline = field.flag(13);
  const text = lines(textOf(inherited(field.dict, 'V')) ?? '', multiline);
  if (lengthOf(text) > longest.text) return undefined;
  const most = inherited(field.dict, 'MaxLen');
  const maxLength =
    most instanceof PDFNumber && most.asNumber() >= 1 && most.asNumber() <= longest.text ? Math.floor(most.asNumber()) : null;
  return written('text', field, text, { multiline, maxLength: maxLength !== null && lengthOf(text) > maxLength ? null : maxLength });
}

const lines = (text: string, multiline: boolean): string =>
  text.replace(/\r\n?|\u2028|\u2029/g, '\n').replace(/\n/g, multiline ? '\n' : ' ');

const written = (type: FieldType, { widgets }: FormField, text: string, more: Partial<FoundField> = {}): Read => ({
  type,
  places: placesOf(widgets),
  value: text.trim() === '' ? null : { kind: 'text', text },
  ...more,
});

/** A choice of one from a list; with several at once it stays as it looks, and where other words may be written it is a text. */
function readChoice(field: FormField): Read | undefined {
  if (field.flag(22)) return undefined;
  const given = inherited(field.dict, 'V');
  const value = textOf(given instanceof PDFArray ? given.lookup(0) : given) ?? '';
  const options = optionsOf(inherited(field.dict, 'Opt'));
  if (field.flag(19) || options.length === 0) return lengthOf(value) > longest.text ? undefined : written('text', field, value);
  const chosen = options.find((option) => option.value === value) ?? options.find((option) => option.label === value);
  return { type: 'dropdown', places: placesOf(field.widgets), options, value: chosen ? { kind: 'chosen', option: chosen.value } : null };
}

/** Values and their words (12.7.5.4), each value once; none at all where there are too many, or one is too long. */
function optionsOf(list: PDFObject | undefined): FieldOption[] {
  if (!(list instanceof PDFArray)) return [];
  const options = list.asArray().flatMap((_, i): FieldOption[] => {
    const item = list.lookup(i);
    const [value, label] = item instanceof PDFArray ? [textOf(item.lookup(0)), textOf(item.lookup(1))] : [textOf(item), textOf(item)];
    return value === undefined || value === '' ? [] : [{ value, label: label || value }];
  });
  const once = options.filter(({ value }, i) => options.findIndex((other) => other.value === value) === i);
  return fits(once) ? once : [];
}

const fits = (options: readonly FieldOption[]): boolean =>
  options.length <= fieldLimits.options &&
  options.every(({ value, label }) => lengthOf(value) <= fieldLimits.option && lengthOf(label) <= fieldLimits.option);

/** A radio, or a check box; one whose widgets stand for different things is a radio by another name. */
function readButtons(field: FormField): Read | undefined {
  const values = field.widgets.map((widget, i) => valueOfButton(field, widget, i));
  const distinct = [...new Set(values)];
  const on = stateOf(field);
  const chosen = on === undefined ? undefined : values[field.widgets.findIndex((widget) => onState(widget) === on)];
  if (field.kind === 'check' && distinct.length === 1) {
    const ticked = on !== undefined && (chosen !== undefined || field.widgets.every((widget) => onState(widget) === undefined));
    return {
      type: 'checkbox',
      places: placesOf(field.widgets),
      exportValue: distinct[0] ?? null,
      value: ticked ? { kind: 'checked', checked: true } : null,
    };
  }
  const options = distinct.map((value): FieldOption => ({ value, label: value }));
  if (!fits(options)) return undefined;
  const places = field.widgets.flatMap((widget, i) => placesOf([widget], values[i]));
  return { type: 'radio', places, options, value: chosen === undefined ? null : ({ kind: 'chosen', option: chosen } satisfies FieldValue) };
}

/** What a button stands for: the words that `Opt` has for its place among all of the field's, else its own state. */
function valueOfButton(field: FormField, widget: Widget, index: number): string {
  const words = inherited(field.dict, 'Opt');
  const kids = valueIn(field.dict, 'Kids');
  const at = kids instanceof PDFArray ? kids.asArray().findIndex((_, i) => kids.lookup(i) === widget.dict) : index;
  const word = words instanceof PDFArray ? textOf(words.lookup(at < 0 ? index : at)) : undefined;
  return word || onState(widget) || 'Yes';
}

const labelOf = ({ dict, widgets }: FormField): string | null => {
  const label = (textOf(valueIn(dict, 'TU')) ?? widgets.map((widget) => textOf(valueIn(widget.dict, 'TU'))).find(Boolean) ?? '').trim();
  return label === '' ? null : [...label.replace(/\s+/g, ' ')].slice(0, fieldLimits.option).join('');
};

const placesOf = (widgets: readonly Widget[], option: string | null = null): FieldPlace[] =>
  widgets.flatMap(({ dict, page, box }) => {
    const rect = rectangleIn(dict, 'Rect');
    const place = rect && placeOf(box, rect);
    return place ? [{ page, ...place, option }] : [];
  });
