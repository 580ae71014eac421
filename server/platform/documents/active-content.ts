import {
  PDFArray,
  PDFBool,
  type PDFContext,
  PDFDict,
  PDFHexString,
  PDFName,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
} from '@cantoo/pdf-lib';
import { Refusal, type RefusalCode } from './refusals.ts';

/** Entries that refuse a document wherever they stand (ISO 32000-2; names without the slash). */
const keys: Readonly<Record<string, RefusalCode>> = {
  XFA: 'xfa',
  NeedsRendering: 'xfa',
  JS: 'scripted',
  JavaScript: 'scripted',
  OCProperties: 'layers',
  // Other pictures for print than for the screen.
  Alternates: 'layers',
  Perms: 'signed',
  ByteRange: 'signed',
  EmbeddedFiles: 'active',
  EF: 'active',
  Collection: 'active',
  // A page of another file, drawn in place (reference XObject).
  Ref: 'active',
  RichMediaContent: 'active',
  RichMediaSettings: 'active',
};

/** Action types (`S`); GoTo, Named, Thread and URI lead nowhere else than a reader shows. */
const actions: Readonly<Record<string, RefusalCode>> = {
  JavaScript: 'scripted',
  Launch: 'active',
  SubmitForm: 'active',
  ResetForm: 'active',
  ImportData: 'active',
  GoToE: 'active',
  GoToR: 'active',
  GoToDp: 'active',
  Rendition: 'active',
  Movie: 'active',
  Sound: 'active',
  Hide: 'active',
  SetOCGState: 'active',
  RichMediaExecute: 'active',
  GoTo3DView: 'active',
};

/** Annotation and XObject types (`Subtype`). */
const subtypes: Readonly<Record<string, RefusalCode>> = {
  RichMedia: 'active',
  Screen: 'active',
  '3D': 'active',
  Movie: 'active',
  Sound: 'active',
  FileAttachment: 'active',
  PS: 'active',
};

const types: Readonly<Record<string, RefusalCode>> = { Sig: 'signed', DocTimeStamp: 'signed' };

/** Here the entries' names are the author's own, as of fonts, and mean nothing; the values are looked at all the same. */
const freelyNamed = new Set(
  'Font XObject ExtGState ColorSpace Pattern Shading Properties CharProcs Colorants Dests RoleMap ClassMap N R D'.split(' '),
);
/** What no reader acts on: authoring programs keep their own data there. */
const inert = new Set(['Info', 'PieceInfo']);

const valueIn = (dict: PDFDict, key: string): PDFObject | undefined => dict.lookup(PDFName.of(key));
const nameIn = (dict: PDFDict, key: string): string | undefined => {
  const value = valueIn(dict, key);
  return value instanceof PDFName ? value.decodeText() : undefined;
};
const textOf = (value: PDFObject | undefined): string =>
  value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : '';

/** Walks everything that the trailer leads to; Refusal with what was found first, but for the `kept` kinds. */
export function refuseActive(context: PDFContext, kept: ReadonlySet<RefusalCode> = new Set()): void {
  const seen = new Map<PDFDict | PDFArray, Set<boolean>>();
  const waiting: { value: PDFObject | undefined; free: boolean }[] = Object.entries(context.trailerInfo)
    .filter(([key]) => !inert.has(key))
    .map(([, value]) => ({ value: value as PDFObject | undefined, free: false }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { free } = next;
    const found = next.value instanceof PDFRef ? context.lookup(next.value) : next.value;
    const value = found instanceof PDFRawStream ? found.dict : found;
    if (!(value instanceof PDFDict || value instanceof PDFArray)) continue;
    const ways = seen.get(value) ?? new Set();
    if (ways.has(free)) continue;
    seen.set(value, ways.add(free));
    if (value instanceof PDFArray) {
      for (const one of value.asArray()) waiting.push({ value: one, free: false });
      continue;
    }
    if (!free) judge(value, found instanceof PDFRawStream, kept);
    for (const [key, one] of value.entries()) {
      const name = key.decodeText();
      if (!inert.has(name)) waiting.push({ value: one, free: !free && freelyNamed.has(name) });
    }
  }
}

function judge(dict: PDFDict, stream: boolean, kept: ReadonlySet<RefusalCode>): void {
  const refuse = (code: RefusalCode | undefined, found: string): void => {
    if (code && !kept.has(code)) throw new Refusal(code, found);
  };
  const listed = (table: Readonly<Record<string, RefusalCode>>, key: string): void => {
    const name = nameIn(dict, key);
    if (name !== undefined && Object.hasOwn(table, name)) refuse(table[name], name);
  };
  for (const key of dict.keys()) {
    const name = key.decodeText();
    if (Object.hasOwn(keys, name) && !empty(valueIn(dict, name))) refuse(keys[name], name);
  }
  listed(actions, 'S');
  listed(subtypes, 'Subtype');
  listed(types, 'Type');
  if (nameIn(dict, 'FT') === 'Sig' && dict.has(PDFName.of('V'))) refuse('signed', 'Sig');
  if (/^\s*(javascript|vbscript|data|file):/i.test(textOf(valueIn(dict, 'URI')))) refuse('active', 'URI');
  // The data of such a stream lies in another file.
  if (stream && dict.has(PDFName.of('F'))) refuse('active', 'F');
  if (drawnByReader(dict)) refuse('active', 'NeedAppearances');
}

const empty = (value: PDFObject | undefined): boolean =>
  value === undefined || (value instanceof PDFArray && value.size() === 0) || (value instanceof PDFBool && !value.asBoolean());

/** A form, or a filled field of one, whose look every reader makes up by itself. */
function drawnByReader(dict: PDFDict): boolean {
  const wanted = valueIn(dict, 'NeedAppearances');
  if (wanted instanceof PDFBool && wanted.asBoolean()) return !empty(valueIn(dict, 'Fields'));
  if (nameIn(dict, 'Subtype') !== 'Widget' || !['Tx', 'Ch'].includes(inherited(dict, 'FT', nameIn) ?? '')) return false;
  const look = valueIn(dict, 'AP');
  return !(look instanceof PDFDict && valueIn(look, 'N') !== undefined) && inherited(dict, 'V', valueIn) !== undefined;
}

function inherited<T>(field: PDFDict, key: string, read: (dict: PDFDict, key: string) => T | undefined): T | undefined {
  let at: PDFObject | undefined = field;
  // 32 levels: a form has three or four, and a crafted one may be a circle.
  for (let level = 0; level < 32 && at instanceof PDFDict; level += 1) {
    const value = read(at, key);
    if (value !== undefined) return value;
    at = valueIn(at, 'Parent');
  }
  return undefined;
}
