import { PDFArray, type PDFContext, PDFDict, PDFName, PDFNumber, type PDFObject, PDFRef } from '@cantoo/pdf-lib';
import { type PageBox, pageBoxOf } from '../../../../shared/signing/geometry.ts';
import { Refusal } from './refusals.ts';

/** What a page takes from its ancestors (ISO 32000-2, table 31); UserUnit is its own. */
const inheritable = ['MediaBox', 'CropBox', 'Rotate'] as const;
type Inherited = { [K in (typeof inheritable)[number]]?: PDFObject | undefined };

/** Deeper than any generator's: 500 pages fit in nine levels of two. */
const deepest = 50;

/** The boxes of all pages in order. Refusal for a tree that two readers could count in two ways, for too many pages, or a box without sense. */
export function readPageTree(context: PDFContext, maxPages: number): PageBox[] {
  const catalog = context.lookup(context.trailerInfo.Root);
  const root = catalog instanceof PDFDict ? catalog.get(PDFName.of('Pages')) : undefined;
  const pages: PageBox[] = [];
  const seen = new Set<string>();

  const count = (node: PDFObject | undefined, above: Inherited, level: number): number => {
    const dict = node instanceof PDFRef ? context.lookup(node) : undefined;
    // The same page twice, or a circle.
    if (!(node instanceof PDFRef && dict instanceof PDFDict) || seen.has(node.tag) || level > deepest)
      throw new Refusal('malformed', 'Pages');
    seen.add(node.tag);
    const own: Inherited = { ...above };
    for (const key of inheritable) own[key] = dict.lookup(PDFName.of(key)) ?? own[key];
    const kids = dict.lookup(PDFName.of('Kids'));
    if (dict.lookup(PDFName.of('Type')) !== PDFName.of(kids ? 'Pages' : 'Page')) throw new Refusal('malformed', 'Pages');
    if (!kids) {
      if (pages.length >= maxPages) throw new Refusal('too-many-pages');
      pages.push(boxOf(dict, own));
      return 1;
    }
    if (!(kids instanceof PDFArray)) throw new Refusal('malformed', 'Kids');
    const below = kids.asArray().reduce((sum, kid) => sum + count(kid, own, level + 1), 0);
    // pdf.js finds pages by these counts, others by walking.
    if (numberOf(dict.lookup(PDFName.of('Count'))) !== below) throw new Refusal('malformed', 'Count');
    return below;
  };
  if (count(root, {}, 0) === 0) throw new Refusal('malformed', 'Pages');
  return pages;
}

function boxOf(page: PDFDict, { MediaBox, CropBox, Rotate }: Inherited): PageBox {
  try {
    return pageBoxOf({
      mediaBox: cornersOf(MediaBox) ?? [],
      cropBox: cornersOf(CropBox),
      rotate: numberOf(Rotate),
      userUnit: numberOf(page.lookup(PDFName.of('UserUnit'))),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('page-box', 'MediaBox');
    throw error;
  }
}

/** NaN where there is something else than a number: readers make different things of it. */
const numberOf = (value: PDFObject | undefined): number | undefined =>
  value === undefined ? undefined : value instanceof PDFNumber ? value.asNumber() : Number.NaN;

const cornersOf = (value: PDFObject | undefined): number[] | undefined =>
  value === undefined
    ? undefined
    : value instanceof PDFArray
      ? value.asArray().map((_, index) => numberOf(value.lookup(index)) ?? Number.NaN)
      : [Number.NaN];
