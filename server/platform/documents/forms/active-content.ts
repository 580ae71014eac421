import { PDFArray, PDFBool, type PDFContext, PDFDict, PDFHexString, PDFName, type PDFObject, PDFString } from '@cantoo/pdf-lib';
import { Refusal, type RefusalCode } from '../pdf/refusals.ts';
import { dictIn, itemsIn, nameIn, spellingOf, valueIn, walk } from '../pdf/walk.ts';

/** Entries that refuse a document wherever they stand (ISO 32000-2; names without the slash). */
const keys: Readonly<Record<string, RefusalCode>> = {
  XFA: 'xfa',
  NeedsRendering: 'xfa',
  JS: 'scripted',
  JavaScript: 'scripted',
  Perms: 'signed',
  ByteRange: 'signed',
  Collection: 'collection',
  EmbeddedFiles: 'active',
  EF: 'active',
  RichMediaContent: 'active',
  RichMediaSettings: 'active',
};

/** The only actions (`S`) that a document may have when it is cleaned (12.6.4). */
const harmless = new Set(['GoTo', 'URI']);

/** Annotation and XObject types (`Subtype`). */
const subtypes: Readonly<Record<string, RefusalCode>> = {
  RichMedia: 'active',
  Screen: 'active',
  '3D': 'active',
  Movie: 'active',
  Sound: 'active',
  PS: 'active',
};

const types: Readonly<Record<string, RefusalCode>> = { Sig: 'signed', DocTimeStamp: 'signed' };

const textOf = (value: PDFObject | undefined): string =>
  value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : '';

/** Where an address leads that a browser would open itself (12.6.4.8). */
export const isWebAddress = (value: PDFObject | undefined): boolean => /^\s*(https?|mailto):/i.test(textOf(value));

/** Refusal of what no cleaning takes away: `xfa`, and `signed` unless signatures are kept. Asked before anything is changed. */
export const refuseUncleanable = (context: PDFContext, signed: 'refused' | 'kept'): void =>
  refuse(context, new Set(signed === 'kept' ? ['xfa', 'collection'] : ['xfa', 'collection', 'signed']));

/** Walks everything that the trailer leads to; Refusal with what was found first. */
export const refuseActive = (context: PDFContext): void => refuse(context, undefined);

function refuse(context: PDFContext, only: ReadonlySet<RefusalCode> | undefined): void {
  for (const { dict, stream } of walk(context))
    for (const [code, found] of findings(dict, stream)) if (!only || only.has(code)) throw new Refusal(code, found);
}

function findings(dict: PDFDict, stream: boolean): (readonly [RefusalCode, string])[] {
  const found: (readonly [RefusalCode, string])[] = [];
  const listed = (table: Readonly<Record<string, RefusalCode>>, name: string | undefined): void => {
    const code = name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
    if (code && name !== undefined) found.push([code, name]);
  };
  for (const key of dict.keys()) {
    const name = spellingOf(key);
    if (Object.hasOwn(keys, name) && !isEmpty(valueIn(dict, name))) listed(keys, name);
  }
  listed(subtypes, nameIn(dict, 'Subtype'));
  listed(types, nameIn(dict, 'Type'));
  if (nameIn(dict, 'FT') === 'Sig' && dict.has(PDFName.of('V'))) found.push(['signed', 'Sig']);
  const action = actionOf(dict);
  if (action !== undefined && !harmless.has(action)) found.push([action === 'JavaScript' ? 'scripted' : 'active', action]);
  if (action === 'URI' && !isWebAddress(valueIn(dict, 'URI'))) found.push(['active', 'URI']);
  // The data of such a stream lies in another file; a form that stands for a page of another file (8.10.4).
  if (stream && dict.has(PDFName.of('F'))) found.push(['active', 'F']);
  if (stream && dictIn(dict, 'Ref')) found.push(['active', 'Ref']);
  return found;
}

/** Action types there are (12.6.4.1): `S` says other things of other dictionaries. */
const actionTypes = new Set(
  'GoTo GoToR GoToE GoToDp Launch Thread URI Sound Movie Hide Named SubmitForm ResetForm ImportData SetOCGState Rendition Trans GoTo3DView JavaScript RichMediaExecute'.split(
    ' ',
  ),
);
const actionOf = (dict: PDFDict): string | undefined => {
  const type = nameIn(dict, 'S');
  return type !== undefined && actionTypes.has(type) && nameIn(dict, 'Type') !== 'StructElem' && !isTransparency(dict, type)
    ? type
    : undefined;
};
/** A page's transition is no action, nor is an element of the document's structure that is called like one. */
const isTransparency = (dict: PDFDict, type: string): boolean => type === 'Trans' || dict.has(PDFName.of('K')) || dict.has(PDFName.of('P'));

/** Does an action, or one that follows it, run a script? */
export function runsScript(action: PDFObject | undefined, level = 0): boolean {
  if (action instanceof PDFArray) return action.asArray().some((_, i) => runsScript(action.lookup(i), level + 1));
  // 32 levels: a crafted chain may be a circle.
  if (!(action instanceof PDFDict) || level > 32) return false;
  if (nameIn(action, 'S') === 'JavaScript' || action.has(PDFName.of('JS'))) return true;
  const next = valueIn(action, 'Next');
  return next instanceof PDFArray ? itemsIn(action, 'Next').some((one) => runsScript(one, level + 1)) : runsScript(next, level + 1);
}

const isEmpty = (value: PDFObject | undefined): boolean =>
  value === undefined || (value instanceof PDFArray && value.size() === 0) || (value instanceof PDFBool && !value.asBoolean());
