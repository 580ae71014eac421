import { PDFArray, type PDFContext, PDFDict, PDFName, PDFNumber, type PDFObject, PDFRawStream, PDFRef } from '@cantoo/pdf-lib';

/** A dictionary that can be reached, by itself or as that of a stream. */
export interface Visited {
  readonly dict: PDFDict;
  readonly stream: boolean;
}

/** Here the entries' names are the author's own, as of fonts, and mean nothing; the values are looked at all the same. */
const freelyNamed = new Set(
  'Font XObject ExtGState ColorSpace Pattern Shading Properties CharProcs Colorants Dests RoleMap ClassMap'.split(' '),
);
/** The entries of an appearance dictionary name states where they are dictionaries (ISO 32000-2, 12.5.5); the same letters elsewhere are triggers. */
const appearances = new Set(['N', 'R', 'D']);
/** What no reader acts on: authoring programs keep their own data there. */
const inert = new Set(['Info', 'PieceInfo']);

type Names = 'meant' | 'free' | 'appearance';

/** Everything that the trailer leads to, each dictionary whose names have a meaning once. What a visitor deletes is not gone into. */
export function* walk(context: PDFContext): Generator<Visited> {
  const seen = new Map<PDFDict | PDFArray, Set<Names>>();
  const waiting: { value: PDFObject | undefined; names: Names }[] = Object.entries(context.trailerInfo)
    .filter(([key]) => !inert.has(key))
    .map(([, value]) => ({ value: value as PDFObject | undefined, names: 'meant' }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { names } = next;
    const found = next.value instanceof PDFRef ? context.lookup(next.value) : next.value;
    const value = found instanceof PDFRawStream ? found.dict : found;
    if (!(value instanceof PDFDict || value instanceof PDFArray)) continue;
    const ways = seen.get(value) ?? new Set();
    if (ways.has(names)) continue;
    seen.set(value, ways.add(names));
    if (value instanceof PDFArray) {
      for (const one of value.asArray()) if (leadsOn(one)) waiting.push({ value: one, names: 'meant' });
      continue;
    }
    if (names === 'meant') yield { dict: value, stream: found instanceof PDFRawStream };
    for (const [key, one] of value.entries()) {
      if (!leadsOn(one)) continue;
      const name = spellingOf(key);
      if (!inert.has(name)) waiting.push({ value: one, names: namesUnder(names, name) });
    }
  }
}

const leadsOn = (value: PDFObject): boolean =>
  value instanceof PDFRef || value instanceof PDFDict || value instanceof PDFArray || value instanceof PDFRawStream;

const spellings = new WeakMap<PDFName, string>();

/** A name without its slash. pdf-lib has one object for each name, and spells it anew each time that it is asked. */
export function spellingOf(name: PDFName): string {
  const known = spellings.get(name) ?? name.decodeText();
  spellings.set(name, known);
  return known;
}

function namesUnder(names: Names, key: string): Names {
  if (names === 'free') return 'meant';
  if (names === 'appearance') return appearances.has(key) ? 'free' : 'meant';
  return key === 'AP' ? 'appearance' : freelyNamed.has(key) ? 'free' : 'meant';
}

/** The value of a dictionary's entry, its reference followed. */
export const valueIn = (dict: PDFDict, key: string): PDFObject | undefined => dict.lookup(PDFName.of(key));

/** The name that is a dictionary's entry, without the slash. */
export const nameIn = (dict: PDFDict, key: string): string | undefined => {
  const value = valueIn(dict, key);
  return value instanceof PDFName ? spellingOf(value) : undefined;
};

/** The number that is a dictionary's entry. */
export const numberIn = (dict: PDFDict, key: string): number | undefined => {
  const value = valueIn(dict, key);
  return value instanceof PDFNumber ? value.asNumber() : undefined;
};

export const dictIn = (dict: PDFDict, key: string): PDFDict | undefined => {
  const value = valueIn(dict, key);
  return value instanceof PDFDict ? value : undefined;
};

/** The items of an array that is a dictionary's entry, their references followed; none where it is something else. */
export const itemsIn = (dict: PDFDict, key: string): (PDFObject | undefined)[] => {
  const value = valueIn(dict, key);
  return value instanceof PDFArray ? value.asArray().map((_, i) => value.lookup(i)) : [];
};
