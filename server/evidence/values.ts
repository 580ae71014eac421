/** The objects of a PDF (ISO 32000-2, 7.3). Names are without their solidus and with their escapes resolved. */
export type Value = null | boolean | number | Name | Text | Ref | readonly Value[] | Dict | Stream;

export interface Name {
  readonly kind: 'name';
  readonly name: string;
}
export interface Text {
  readonly kind: 'text';
  readonly bytes: Buffer;
  /** Where it is written, delimiters included. */
  readonly start: number;
  readonly end: number;
}
export interface Ref {
  readonly kind: 'ref';
  readonly number: number;
  readonly generation: number;
}
export interface Dict {
  readonly kind: 'dict';
  readonly entries: ReadonlyMap<string, Value>;
}
export interface Stream {
  readonly kind: 'stream';
  readonly dict: Dict;
  /** Where its data begin in the file; where they end depends on /Length, and so on the revision that is read. */
  readonly start: number;
}

/** The file cannot be read in one way only, or is larger in some respect than what is read; the message is a sentence for the caller. */
export class Unreadable extends Error {}

const isObject = (value: Value | undefined): value is Exclude<Value, null | boolean | number> =>
  typeof value === 'object' && value !== null;
const isKind = (value: Value | undefined, kind: string): boolean => isObject(value) && 'kind' in value && value.kind === kind;

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);
export const isName = (value: Value | undefined): value is Name => isKind(value, 'name');
export const isText = (value: Value | undefined): value is Text => isKind(value, 'text');
export const isRef = (value: Value | undefined): value is Ref => isKind(value, 'ref');
export const isDict = (value: Value | undefined): value is Dict => isKind(value, 'dict');
export const isStream = (value: Value | undefined): value is Stream => isKind(value, 'stream');
export const isCount = (value: Value | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export const nameOf = (value: Value | undefined): string | undefined => (isName(value) ? value.name : undefined);

/** Equal by themselves: references by what they name, streams never. */
export function isEqual(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (isList(one)) return isList(other) && one.length === other.length && one.every((each, i) => isEqual(each, other[i]));
  if (isName(one)) return isName(other) && one.name === other.name;
  if (isText(one)) return isText(other) && one.bytes.equals(other.bytes);
  if (isRef(one)) return isRef(other) && one.number === other.number && one.generation === other.generation;
  if (!isDict(one) || !isDict(other) || one.entries.size !== other.entries.size) return false;
  return [...one.entries].every(([key, value]) => other.entries.has(key) && isEqual(value, other.entries.get(key)));
}
