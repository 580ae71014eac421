import { PDFArray, PDFDict, PDFHexString, PDFName, PDFNumber, type PDFObject, PDFRawStream, PDFString } from '@cantoo/pdf-lib';
import { textOf } from '../forms/form.ts';
import { decoded } from '../pdf/isolate.ts';
import { dictIn, itemsIn, nameIn, numberIn, valueIn } from '../pdf/walk.ts';

/** Where a content's names lead (ISO 32000-2, 7.8.3). */
export type Resources = PDFDict | undefined;

export const resourceIn = (resources: Resources, kind: string, name: string): PDFObject | undefined => {
  const named = resources && dictIn(resources, kind);
  return named && valueIn(named, name);
};

const device = new Set(['DeviceGray', 'DeviceRGB', 'DeviceCMYK', 'Pattern']);
/** Colour spaces that are arrays, and how many entries they have at least (8.6). */
const families: Readonly<Record<string, number>> = {
  DeviceGray: 1,
  DeviceRGB: 1,
  DeviceCMYK: 1,
  Pattern: 1,
  CalGray: 2,
  CalRGB: 2,
  CalCMYK: 1,
  Lab: 2,
  ICCBased: 2,
  Indexed: 4,
  Separation: 4,
  DeviceN: 4,
};

/** The colour space that a content calls so: its own name, or a resource. */
export const coloursIn = (resources: Resources, name: string): PDFObject | undefined =>
  device.has(name) ? PDFName.of(name) : resourceIn(resources, 'ColorSpace', name);

const familyOf = (space: PDFObject | undefined): string | undefined => {
  const name = space instanceof PDFArray && space.size() > 0 ? space.lookup(0) : space;
  return name instanceof PDFName ? name.decodeText() : undefined;
};

export const isPattern = (space: PDFObject | undefined): boolean => familyOf(space) === 'Pattern';

/** What makes readers paint a colour each in its own way: a space that is none, or ink that is none (8.6.6.4), which some paint all the same. */
export function colourFault(space: PDFObject | undefined): string | undefined {
  const family = familyOf(space);
  if (family === undefined) return 'ColorSpace';
  if (!(space instanceof PDFArray)) return device.has(family) ? undefined : 'ColorSpace';
  if (!Object.hasOwn(families, family) || space.size() < (families[family] ?? 0)) return 'ColorSpace';
  const parts = space.lookup(1);
  if (family === 'Separation' && parts === PDFName.of('None')) return 'Separation';
  if (family === 'DeviceN') {
    const inks = parts instanceof PDFArray ? parts.asArray().map((_, i) => parts.lookup(i)) : [];
    if (inks.every((ink) => ink === PDFName.of('None'))) return 'DeviceN';
  }
  if (family === 'Indexed') return colourFault(parts) ?? (isPaletteWhole(space) ? undefined : 'ColorSpace');
  if (family === 'ICCBased') return componentsOf(space) === undefined ? 'ColorSpace' : undefined;
  if (family !== 'Separation' && family !== 'DeviceN') return undefined;
  return !(space.lookup(3) instanceof PDFDict || space.lookup(3) instanceof PDFRawStream) ? 'ColorSpace' : colourFault(space.lookup(2));
}

/** Has a palette all the colours that it says it has (8.6.6.3)? */
function isPaletteWhole(space: PDFArray): boolean {
  const [components, last, table] = [componentsOf(space.lookup(1)), space.lookup(2), space.lookup(3)];
  if (components === undefined || !(last instanceof PDFNumber)) return false;
  const bytes =
    table instanceof PDFRawStream ? decoded(table) : table instanceof PDFString || table instanceof PDFHexString ? table.asBytes() : [];
  return (bytes?.length ?? 0) >= (last.asNumber() + 1) * components;
}

/** How many numbers a colour has. */
export function componentsOf(space: PDFObject | undefined): number | undefined {
  const family = familyOf(space);
  if (family === 'DeviceRGB' || family === 'CalRGB' || family === 'Lab') return 3;
  if (family === 'DeviceCMYK' || family === 'CalCMYK') return 4;
  if (['DeviceGray', 'CalGray', 'Indexed', 'Separation'].includes(family ?? '')) return 1;
  if (!(space instanceof PDFArray)) return undefined;
  const second = space.lookup(1);
  if (family === 'DeviceN') return second instanceof PDFArray ? second.size() : undefined;
  const count = second instanceof PDFRawStream ? valueIn(second.dict, 'N') : undefined;
  return count instanceof PDFNumber && [1, 3, 4].includes(count.asNumber()) ? count.asNumber() : undefined;
}

/** How many numbers a shading of each type has for its place; 0 where a stream has them (8.7.4.5). */
const coordinates = [undefined, 0, 4, 6, 0, 0, 0, 0] as const;

/** A dictionary, or a stream, of a type that there is, with all that it is made of. */
export function shadingFault(shading: PDFObject | undefined): string | undefined {
  const dict = shading instanceof PDFRawStream ? shading.dict : shading;
  if (!(dict instanceof PDFDict)) return 'Shading';
  const type = numberIn(dict, 'ShadingType') ?? 0;
  const needed = coordinates[type];
  const lacks =
    needed === undefined ||
    (needed > 0 && itemsIn(dict, 'Coords').length !== needed) ||
    (type < 4 ? valueIn(dict, 'Function') === undefined : !(shading instanceof PDFRawStream));
  return lacks ? 'Shading' : colourFault(valueIn(dict, 'ColorSpace'));
}

/** Of a page's content, which names no font for one script alone (9.5). */
const fontTypes = new Set(['Type1', 'MMType1', 'TrueType', 'Type3']);

export function fontFault(font: PDFObject | undefined): string | undefined {
  if (!(font instanceof PDFDict)) return 'Font';
  const type = nameIn(font, 'Subtype') ?? '';
  if (type === 'Type0') return hasGlyphs(itemsIn(font, 'DescendantFonts')[0]) ? undefined : 'Font';
  return fontTypes.has(type) && (type === 'Type3' || nameIn(font, 'BaseFont') !== undefined) ? undefined : 'Font';
}

/** Numbers that are glyphs of one font alone say nothing where it is not in the file (9.7.5.2). */
function hasGlyphs(font: PDFObject | undefined): boolean {
  if (!(font instanceof PDFDict) || !['CIDFontType0', 'CIDFontType2'].includes(nameIn(font, 'Subtype') ?? '')) return false;
  const system = dictIn(font, 'CIDSystemInfo');
  return hasFile(font) || (system !== undefined && textOf(valueIn(system, 'Ordering')) !== 'Identity');
}

const hasFile = (font: PDFDict): boolean => {
  const described = dictIn(font, 'FontDescriptor');
  return ['FontFile', 'FontFile2', 'FontFile3'].some((key) => described && valueIn(described, key) instanceof PDFRawStream);
};

/** Are the outlines of its letters in the file (9.9)? */
export function isOutlined(font: PDFObject | undefined): boolean {
  if (!(font instanceof PDFDict)) return false;
  const [descendant] = nameIn(font, 'Subtype') === 'Type0' ? itemsIn(font, 'DescendantFonts') : [font];
  return descendant instanceof PDFDict && hasFile(descendant);
}

/** Dashes of no length at all, or of less, are a line for some readers and nothing for others. */
export function dashFault(array: string): string | undefined {
  const lengths = (array.match(/[-+.\d]+/g) ?? []).map(Number);
  return lengths.length > 0 && (lengths.some((length) => !(length >= 0)) || lengths.every((length) => length === 0)) ? 'd' : undefined;
}
