import type { PDFDocument, PDFObject, PDFPageLeaf, PDFRawStream } from '@cantoo/pdf-lib';
import { flate } from '../fonts/embed.ts';
import { contentsOf } from '../pages/page.ts';
import type { Edits } from '../pdf/edits.ts';
import { statesOf, wholeContent } from '../pdf/isolate.ts';
import { Refusal } from '../pdf/refusals.ts';
import { createCheck, mostContent } from './content-check.ts';
import { fresh } from './content-state.ts';
import { isLacking } from './picture-data.ts';

/**
 * Goes through all that the pages draw. Refusal `differs` with the page and the name of the first thing that pdf.js, poppler and mupdf draw each
 * in its own way: text in a font that is not there, colours, patterns and pictures that lack something, operands too many or too few. What is
 * named and never drawn harms nobody. Answers the pages on which operators that nobody knows stand where they may (7.8.2).
 */
export async function checkContents(edits: Edits, document: PDFDocument): Promise<ReadonlySet<number>> {
  const compatible = new Set<number>();
  const pictures = new Map<PDFRawStream, number>();
  const seen = new Map<PDFObject, Set<string>>();
  for (const [index, { node }] of document.getPages().entries()) {
    const page = index + 1;
    const content = wholeContent(document.context, contentsOf(node), mostContent);
    if (!content) throw new Refusal('differs', 'Contents', page);
    let isLoose = false;
    const loose = (): void => {
      isLoose = true;
    };
    createCheck({ page, pictures, seen, compatible, loose })(content, node.Resources(), fresh, 0);
    if (isLoose && !dropLooseEnds(edits, node, content)) throw new Refusal('differs', 'Q', page);
  }
  for (const [picture, page] of pictures) if (await isLacking(picture)) throw new Refusal('differs', 'Image', page);
  return compatible;
}

/** Where a page ends more states than it began, poppler ends those around it. False where it is not certain which they are. */
function dropLooseEnds(edits: Edits, leaf: PDFPageLeaf, content: Buffer): boolean {
  const { excess = [] } = statesOf(content) ?? {};
  if (excess.length === 0) return false;
  for (const at of excess) content[at] = 0x20;
  edits.set(leaf, 'Contents', edits.context.register(flate(edits.context, content)));
  return true;
}
