import { type PDFDocument, PDFName, type PDFPageLeaf } from '@cantoo/pdf-lib';
import { type Embedder, flate } from './embed.ts';
import { type Block, ink, type Paper } from './layout.ts';
import { shapeLine } from './shape.ts';
import { createSheet, type Sheet } from './sheet.ts';

/** Appends pages of our own with these blocks, each page numbered at its foot. */
export function newPages(
  document: PDFDocument,
  embedder: Embedder,
  paper: Paper,
  pages: readonly (readonly Block[])[],
  foot: { left: string; right: string },
): void {
  for (const [i, blocks] of pages.entries()) {
    const sheet = createSheet(embedder);
    let top = paper.height - paper.margin.top;
    for (const block of blocks) {
      block.draw(sheet, paper.margin.side, top);
      top -= block.height;
    }
    drawFoot(sheet, paper, foot.left, `${foot.right}, ${i + 1} of ${pages.length}`);
    appendPage(document, embedder, paper, sheet);
  }
}

function drawFoot(sheet: Sheet, { width, margin }: Paper, left: string, right: string): void {
  const how = { y: 36, size: 8, colour: ink.muted };
  sheet.text(left, { ...how, x: margin.side });
  sheet.text(right, { ...how, x: width - margin.side - shapeLine(right, 'text').width * how.size });
}

/** A page as large as said, with this sheet on it. */
export function appendPage(document: PDFDocument, { context }: Embedder, paper: { width: number; height: number }, sheet: Sheet): void {
  const leaf: PDFPageLeaf = document.addPage([paper.width, paper.height]).node;
  leaf.set(PDFName.of('Contents'), context.register(flate(context, sheet.content())));
  leaf.set(PDFName.of('Resources'), sheet.resources());
}
