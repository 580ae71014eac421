import { PDFDict, PDFHexString, PDFName, PDFNumber, type PDFObject, PDFString } from '@cantoo/pdf-lib';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import { statesOf } from '../pdf/appearance.ts';
import { nameIn, valueIn } from '../pdf/walk.ts';

/** A widget on its page. */
export interface Widget {
  readonly dict: PDFDict;
  /** Counts from 1. */
  readonly page: number;
  readonly box: PageBox;
}

/** One field of the form with its widgets (ISO 32000-2, 12.7.4); a button with a state has one in each. */
export interface FormField {
  readonly name: string;
  readonly dict: PDFDict;
  readonly kind: 'text' | 'choice' | 'check' | 'radio' | 'push' | 'signature' | 'unknown';
  readonly readOnly: boolean;
  readonly required: boolean;
  /** Other bits of `Ff` by their place, which counts from 1 (tables 228, 229 and 231). */
  readonly flag: (bit: number) => boolean;
  readonly widgets: readonly Widget[];
}

/** Deeper than any form: a crafted chain of parents may be a circle. */
const deepest = 32;

/** The fields that these widgets belong to, in the order in which the pages have them. */
export function fieldsOf(widgets: readonly Widget[]): FormField[] {
  const byField = Map.groupBy(widgets, ({ dict }) => fieldOf(dict));
  return [...byField].map(([dict, own]) => {
    const set = inherited(dict, 'Ff');
    const bits = set instanceof PDFNumber ? set.asNumber() : 0;
    const flag = (bit: number): boolean => (bits & (1 << (bit - 1))) !== 0;
    return { name: nameOf(dict), dict, kind: kindOf(dict, flag), readOnly: flag(1), required: flag(2), flag, widgets: own };
  });
}

/** The widget itself where it has a name, else the one above it. */
function fieldOf(widget: PDFDict): PDFDict {
  const parent = valueIn(widget, 'Parent');
  return widget.has(PDFName.of('T')) || !(parent instanceof PDFDict) ? widget : parent;
}

function kindOf(field: PDFDict, flag: (bit: number) => boolean): FormField['kind'] {
  const type = inherited(field, 'FT');
  if (!(type instanceof PDFName)) return 'unknown';
  if (type === PDFName.of('Btn')) return flag(17) ? 'push' : flag(16) ? 'radio' : 'check';
  return type === PDFName.of('Tx') ? 'text' : type === PDFName.of('Ch') ? 'choice' : type === PDFName.of('Sig') ? 'signature' : 'unknown';
}

function nameOf(field: PDFDict): string {
  const parts: string[] = [];
  let at: PDFObject | undefined = field;
  for (let level = 0; level < deepest && at instanceof PDFDict; level += 1) {
    const part = textOf(valueIn(at, 'T'));
    if (part !== undefined) parts.unshift(part);
    at = valueIn(at, 'Parent');
  }
  return parts.join('.');
}

/** An entry of the field, or of one above it. */
export function inherited(field: PDFDict, key: string): PDFObject | undefined {
  let at: PDFObject | undefined = field;
  for (let level = 0; level < deepest && at instanceof PDFDict; level += 1) {
    const value = valueIn(at, key);
    if (value !== undefined) return value;
    at = valueIn(at, 'Parent');
  }
  return undefined;
}

export const textOf = (value: PDFObject | undefined): string | undefined =>
  value instanceof PDFString || value instanceof PDFHexString
    ? value.decodeText()
    : value instanceof PDFName
      ? value.decodeText()
      : undefined;

/** The state that a widget of a check box or radio stands for when it is on. */
export const onState = ({ dict }: Widget): string | undefined => statesOf(dict)[0];

/** The state that is on, of a check box or radio: the value, or where there is none what a widget shows. */
export function stateOf({ dict, widgets }: FormField): string | undefined {
  const value =
    textOf(inherited(dict, 'V')) ??
    widgets.map((widget) => nameIn(widget.dict, 'AS')).find((state) => state !== undefined && state !== 'Off');
  return value === 'Off' ? undefined : value;
}
