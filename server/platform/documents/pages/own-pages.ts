import { type PDFDocument, PDFName, type PDFPage } from '@cantoo/pdf-lib';
import { type Embedder, flate } from '../fonts/embed.ts';
import { shapeLine } from '../fonts/shape.ts';
import { type Canvas, createCanvas } from './canvas.ts';
import { type Block, ink, type PageFormat } from './layout.ts';
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
  paper: PageFormat,
  pages: readonly (readonly Block[])[],
  foot: { left: string; right: string; lang?: string | undefined },
): void {
  const tagsOf = structure.part('Part', { title: foot.right, lang: 'en' });
  let table = false;
  for (const [i, blocks] of pages.entries()) {
    const page = addPage(document, paper);
    const tags = tagsOf(page);
    const canvas = createCanvas(embedder, { tags, lang: foot.lang });
    let top = paper.height - paper.margin.top;
    for (const block of blocks) {
      // A table goes on over the pages, as long as its rows follow each other.
      if (table && !block.row) tags.close();
      if (!table && block.row) tags.open('Table');
      table = block.row === true;
      block.draw(canvas, paper.margin.side, top);
      top -= block.height;
    }
    canvas.artifact(() => drawFoot(canvas, paper, foot.left, `${foot.right}, ${i + 1} of ${pages.length}`), 'Footer');
    fill(page, embedder, canvas);
  }
}

function drawFoot(canvas: Canvas, { width, margin }: PageFormat, left: string, right: string): void {
  const how = { y: 36, size: 8, colour: ink.muted };
  canvas.text(left, { ...how, x: margin.side });
  canvas.text(right, { ...how, x: width - margin.side - shapeLine(right, 'text').width * how.size });
}

/** An empty page at the end, as large as said. */
export const addPage = (document: PDFDocument, { width, height }: { width: number; height: number }): PDFPage =>
  document.addPage([width, height]);

/** Puts what was drawn for it on an empty page. */
export function fill({ node }: PDFPage, { context }: Embedder, canvas: Canvas): void {
  node.set(PDFName.of('Contents'), context.register(flate(context, canvas.operators())));
  node.set(PDFName.of('Resources'), canvas.resources());
}
