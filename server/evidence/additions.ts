import type { ChangeKind } from './changes.ts';
import type { View } from './objects.ts';
import { dictOf, refsIn } from './outline.ts';
import { isTimeStamp } from './signatures.ts';
import { type Dict, isDict, isList, isName, isRef, isStream, isText, nameOf, type Value } from './values.ts';

/**
 * What may be added after a certification that permits nothing: recognised only where it has no key besides those that it needs, since any
 * other could mean something to some reader.
 */
const keysOf = {
  dss: ['Type', 'VRI', 'Certs', 'OCSPs', 'CRLs'],
  vri: ['Type', 'Cert', 'CRL', 'OCSP', 'TU', 'TS'],
  stream: ['Type', 'Length', 'Filter', 'DecodeParms'],
  field: ['Type', 'Subtype', 'FT', 'T', 'F', 'Rect', 'P', 'V', 'AP', 'Kids', 'Parent'],
  stamp: ['Type', 'Filter', 'SubFilter', 'Contents', 'ByteRange', 'V', 'M', 'Prop_Build'],
  extension: ['Type', 'BaseVersion', 'ExtensionLevel', 'ExtensionRevision', 'URL'],
};

const hasOnly = ({ entries }: Dict, keys: readonly string[]): boolean => [...entries.keys()].every((key) => keys.includes(key));

/** The key under which a DSS has something that validation data have not; undefined where there is none (ISO 32000-2, table 261). */
export function strangeInDss(view: View, value: Value | undefined): string | undefined {
  const dss = view.resolve(value);
  if (!isDict(dss)) return 'DSS';
  if (!hasOnly(dss, keysOf.dss)) return [...dss.entries.keys()].find((key) => !keysOf.dss.includes(key));
  for (const key of ['Certs', 'OCSPs', 'CRLs']) if (!areStreams(view, dss.entries.get(key))) return key;
  const vri = dss.entries.get('VRI');
  return vri === undefined || isVri(view, view.resolve(vri)) ? undefined : 'VRI';
}

const isVri = (view: View, vri: Value): boolean =>
  isDict(vri) &&
  [...vri.entries].every(([key, value]) => {
    if (key === 'Type') return isName(value);
    const entry = view.resolve(value);
    return (
      isDict(entry) &&
      hasOnly(entry, keysOf.vri) &&
      ['Cert', 'CRL', 'OCSP'].every((list) => areStreams(view, entry.entries.get(list))) &&
      (!entry.entries.has('TS') || isPlainStream(view, entry.entries.get('TS'))) &&
      (!entry.entries.has('TU') || isText(entry.entries.get('TU')))
    );
  });

function areStreams(view: View, value: Value | undefined): boolean {
  if (value === undefined) return true;
  const list = view.resolve(value);
  return isList(list) && list.every((each) => isPlainStream(view, each));
}

function isPlainStream(view: View, value: Value | undefined): boolean {
  const stream = view.resolve(value);
  return isStream(stream) && hasOnly(stream.dict, keysOf.stream) && [...stream.dict.entries.values()].every((each) => !isRef(each));
}

/** Developer extensions (7.12) say which standard is used, in values of their own. */
export const areExtensions = (value: Value): boolean =>
  isDict(value) &&
  [...value.entries.values()].every((each) =>
    (isList(each) ? each : [each]).every(
      (one) =>
        isName(one) || (isDict(one) && hasOnly(one, keysOf.extension) && [...one.entries.values()].every((inner) => isScalar(inner))),
    ),
  );

const isScalar = (value: Value): boolean => isName(value) || isText(value) || typeof value === 'number';

/** What a field or a widget that was not there before is. */
export function kindOfAdded(view: View, number: number): ChangeKind {
  const dict = dictOf(view, view.object(number));
  if (!dict) return 'annotation-added';
  const parent = dict.entries.get('Parent');
  const field = isRef(parent) && !dict.entries.has('FT') ? dictOf(view, parent) : dict;
  if (!dict.entries.has('FT') && nameOf(dict.entries.get('Subtype')) !== 'Widget' && !dict.entries.has('Kids')) return 'annotation-added';
  if (!field || nameOf(field.entries.get('FT')) !== 'Sig') return 'field-added';
  const signature = dictOf(view, field.entries.get('V'));
  if (!signature) return 'field-added';
  return isStampField(view, field, signature) ? 'time-stamp' : 'signature-added';
}

/** Is this a document time stamp in a field that shows nothing? */
export function isStampField(view: View, field: Dict, signature: Dict): boolean {
  if (!isTimeStamp(signature) || !hasOnly(signature, keysOf.stamp) || !hasOnly(field, keysOf.field)) return false;
  const kids = field.entries.has('Kids') ? refsIn(view, field.entries.get('Kids')).map((kid) => dictOf(view, view.object(kid))) : [field];
  return kids.every((kid) => kid !== undefined && hasOnly(kid, keysOf.field) && showsNothing(view, kid));
}

function showsNothing(view: View, { entries }: Dict): boolean {
  if (!isFlat(view.resolve(entries.get('Rect')))) return false;
  const appearance = entries.get('AP');
  if (appearance === undefined) return true;
  const looks = view.resolve(appearance);
  return isDict(looks) && hasOnly(looks, ['N']) && isFlatForm(view.resolve(looks.entries.get('N')));
}

const isFlatForm = (form: Value): boolean => isStream(form) && isFlat(form.dict.entries.get('BBox') ?? null);

/** A rectangle without width or height. */
const isFlat = (rect: Value): boolean =>
  isList(rect) && rect.length === 4 && rect.every((side) => typeof side === 'number') && (rect[0] === rect[2] || rect[1] === rect[3]);
