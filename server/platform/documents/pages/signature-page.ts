import type { PDFDocument } from '@cantoo/pdf-lib';
import { displayed, type PageBox } from '../../../../shared/signing/geometry.ts';
import type { PageWords, PlacedField, SignatureLine } from '../../domain/files/documents.ts';
import { createEmbedder } from '../fonts/embed.ts';
import { written } from '../pdf/save.ts';
import { type Canvas, createCanvas } from './canvas.ts';
import { ink, tagged, textBlock } from './layout.ts';
import { addPage, fill } from './own-pages.ts';
import { createStructure } from './structure.ts';

export interface SignaturePageJob extends PageWords {
  readonly source: Uint8Array;
  readonly pages: readonly PageBox[];
  readonly signers: readonly SignatureLine[];
}

export interface SignaturePages {
  readonly bytes: Uint8Array;
  readonly pages: readonly PageBox[];
  readonly fields: PlacedField[];
}

/** Adds pages with a place to sign for everybody, as large as the last page of the document and upright; as many as they need. */
export async function addSignaturePages(document: PDFDocument, { pages, title, lang, signers }: SignaturePageJob): Promise<SignaturePages> {
  const embedder = createEmbedder(document.context);
  const structure = createStructure(document);
  const tagsOf = structure.part('Sect', { title: 'Signatures', lang: 'en' });
  const form = formFor(pages.at(-1));
  const perPage = form.columns * form.rows;
  const fields: PlacedField[] = [];
  const added: PageBox[] = [];
  for (let from = 0; from < signers.length; from += perPage) {
    const page = addPage(document, form.page);
    const canvas = createCanvas(embedder, { tags: tagsOf(page), lang });
    canvas.raw(`${form.scale} 0 0 ${form.scale} 0 0 cm`);
    drawTitle(canvas, form, title);
    for (const [i, line] of signers.slice(from, from + perPage).entries())
      fields.push(...drawCell(canvas, form, i, line, pages.length + added.length + 1));
    const { width, height } = form.page;
    fill(page, embedder, canvas);
    added.push({ box: [0, 0, width, height], rotate: 0, userUnit: 1 });
  }
  embedder.finish();
  structure.finish();
  return { bytes: await written(document), pages: [...pages, ...added], fields };
}

const a4 = { width: 595.28, height: 841.89 };
const margin = { side: 64, top: 150, bottom: 60 };
const cell = { narrowest: 205, height: 222, gap: 44 };

interface Form {
  /** In points, as it is displayed. */
  readonly page: { readonly width: number; readonly height: number };
  /** Points per unit of this form: a plan's page is large, and so are its letters. */
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  readonly columnWidth: number;
}

/** A page that is too small to sign on gets one of A4 after it. */
function formFor(last: PageBox | undefined): Form {
  const like = last ? displayed(last) : a4;
  const page = like.width >= 400 && like.height >= 480 ? like : a4;
  const scale = Math.max(1, Math.min(page.width, page.height) / a4.width);
  const [width, height] = [page.width / scale, page.height / scale];
  const column = width - 2 * margin.side;
  const columns = Math.max(1, Math.min(3, Math.floor((column + cell.gap) / (cell.narrowest + cell.gap))));
  const rows = Math.max(1, Math.floor((height - margin.top - margin.bottom) / cell.height));
  return { page, scale, width, height, columns, rows, columnWidth: (column - (columns - 1) * cell.gap) / columns };
}

function drawTitle(canvas: Canvas, { width, height }: Form, title: string): void {
  const column = width - 2 * margin.side;
  const kicker = textBlock('Signatures', column, { size: 9, colour: ink.muted });
  const sizes = [20, 15, 11].map((size) =>
    textBlock(shortened(title, 150), column, { size, style: 'strong', colour: ink.strong, leading: 1.25 }),
  );
  const fitting = sizes.find((block) => block.height <= 56) ?? sizes.at(-1);
  canvas.content('H1', () => {
    kicker.draw(canvas, margin.side, height - 66);
    fitting?.draw(canvas, margin.side, height - 66 - kicker.height - 3);
  });
}

/** What is signed in a cell: from its top to the line it stands on, how high the field is, and the part of the width it takes. */
const lines = [
  { type: 'signature', label: 'Signature', at: 92, high: 54, from: 0, to: 1 },
  { type: 'name', label: 'Name', at: 136, high: 22, from: 0, to: 1 },
  { type: 'date_signed', label: 'Date', at: 180, high: 22, from: 0, to: 0.6 },
] as const;

function drawCell(canvas: Canvas, form: Form, index: number, { signer, name, role }: SignatureLine, page: number): PlacedField[] {
  const { columns, columnWidth, height, width } = form;
  const left = margin.side + (index % columns) * (columnWidth + cell.gap);
  const top = height - margin.top - Math.floor(index / columns) * cell.height;
  const whose = textBlock(shortened(role ?? name, 70), columnWidth, { size: 10.5, style: 'strong', colour: ink.strong, leading: 1.3 });
  tagged('H2', whose).draw(canvas, left, top);
  return lines.map(({ type, label, at, high, from, to }): PlacedField => {
    const line = { x: left + from * columnWidth, y: top - at, width: (to - from) * columnWidth };
    canvas.artifact(() => canvas.box(line.x, line.y, line.width, 0.6, ink.muted));
    tagged('P', textBlock(label, line.width, { size: 8, colour: ink.muted })).draw(canvas, line.x, line.y - 2);
    const field = { x: line.x / width, y: (height - line.y - high - 1) / height, width: line.width / width, height: high / height };
    return { type, signer, page, required: true, label: null, ...field };
  });
}

const shortened = (text: string, most: number): string => ([...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text);
