import { type PDFDocument, PDFName, type PDFPage } from '@cantoo/pdf-lib';
import { type Embedder, flate } from '../fonts/embed.ts';
import { shapeLine } from '../fonts/shape.ts';
import { type Block, ink, type Paper } from './layout.ts';
import { createSheet, type Sheet } from './sheet.ts';
import type { Structure } from './structure.ts';

/** What pages of our own are added to. */
export interface OwnPages {
  readonly document: PDFDocument;
  readonly embedder: Embedder;
  readonly structure: Structure;
}

/** Appends pages of our own with these blocks, each page numbered at its foot: a part of the document, named as the foot names it, in English. */
export function newPages(
  { document, embedder, structure }: OwnPages,
  paper: Paper,
  pages: readonly (readonly Block[])[],
  foot: { left: string; right: string; lang?: string | undefined },
): void {
  const tagsOf = structure.part('Part', { title: foot.right, lang: 'en' });
  let table = false;
  for (const [i, blocks] of pages.entries()) {
    const page = addPage(document, paper);
    const tags = tagsOf(page);
    const sheet = createSheet(embedder, { tags, lang: foot.lang });
    let top = paper.height - paper.margin.top;
    for (const block of blocks) {
      // A table goes on over the pages, as long as its rows follow each other.
      if (table && !block.row) tags.close();
      if (!table && block.row) tags.open('Table');
      table = block.row === true;
      block.draw(sheet, paper.margin.side, top);
      top -= block.height;
    }
    sheet.artifact(() => drawFoot(sheet, paper, foot.left, `${foot.right}, ${i + 1} of ${pages.length}`), 'Footer');
    fill(page, embedder, sheet);
  }
}

function drawFoot(sheet: Sheet, { width, margin }: Paper, left: string, right: string): void {
  const how = { y: 36, size: 8, colour: ink.muted };
  sheet.text(left, { ...how, x: margin.side });
  sheet.text(right, { ...how, x: width - margin.side - shapeLine(right, 'text').width * how.size });
}

/** An empty page at the end, as large as said. */
export const addPage = (document: PDFDocument, { width, height }: { width: number; height: number }): PDFPage =>
  document.addPage([width, height]);

/** Puts what was drawn for it on an empty page. */
export function fill({ node }: PDFPage, { context }: Embedder, sheet: Sheet): void {
  node.set(PDFName.of('Contents'), context.register(flate(context, sheet.operators())));
  node.set(PDFName.of('Resources'), sheet.resources());
}
