import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import type { SignStep } from '../../shared/onboarding/flow.ts';
import { pages } from './agreement-words.ts';

/** A4 in points; the measure between the margins is 465 wide. */
const size = { width: 595.28, height: 841.89 } as const;
const margin = 65;
const measure = size.width - 2 * margin;
const ink = rgb(0.13, 0.14, 0.16);
const faint = rgb(0.42, 0.44, 0.47);
const reference = 'HL-2026-0417';

/** What names the customer, below the first clause. */
const party = { top: 203, height: 24, company: 300, gap: 15 } as const;
/** Where the customer signs, on the third page. */
const boxes = {
  tick: { top: 107, size: 12 },
  signature: { top: 590, height: 46 },
  name: { top: 668, height: 20 },
  title: { top: 712, height: 20 },
};
const column = 205;

/** The demo partner's lease agreement: three pages, made at the first start. */
export async function makeAgreement(): Promise<Uint8Array> {
  const file = await PDFDocument.create();
  file.setTitle('Equipment lease agreement');
  file.setAuthor('Harbor Leasing');
  // The same bytes at every start: a document that has changed would be put anew.
  const date = new Date(Date.UTC(2026, 8, 1));
  file.setCreationDate(date);
  file.setModificationDate(date);
  const fonts = {
    text: await file.embedFont(StandardFonts.TimesRoman),
    bold: await file.embedFont(StandardFonts.TimesRomanBold),
    small: await file.embedFont(StandardFonts.Helvetica),
  };
  let clause = 0;
  pages.forEach((clauses, index) => {
    const page = file.addPage([size.width, size.height]);
    frame(page, fonts.small, index + 1);
    let top = 96;
    if (index === 0) {
      write(page, fonts.bold, 'Equipment lease agreement', 19, margin, 92);
      top = 136;
    }
    for (const [heading, ...paragraphs] of clauses) {
      clause += 1;
      write(page, fonts.bold, `${clause}   ${heading}`, 12.5, margin, top);
      top += 21;
      for (const paragraph of paragraphs) top = justify(page, fonts.text, paragraph, top, heading === 'Delivery' ? 20 : 0) + 9;
      if (clause === 1) top = partyBlock(page, fonts);
      top += 14;
    }
    if (index === pages.length - 1) signatureBlock(page, fonts);
  });
  return file.save();
}

type Fonts = Record<'text' | 'bold' | 'small', PDFFont>;

function frame(page: PDFPage, font: PDFFont, number: number): void {
  write(page, font, 'HARBOR LEASING', 7.4, margin, 46, faint);
  const right = `Equipment lease agreement · ${reference}`;
  write(page, font, right, 7.4, size.width - margin - font.widthOfTextAtSize(right, 7.4), 46, faint);
  rule(page, margin, 58, measure, 0.5, rgb(0.8, 0.81, 0.82));
  write(page, font, reference, 7, margin, 808, faint);
  write(
    page,
    font,
    `${number} / ${pages.length}`,
    7,
    size.width - margin - font.widthOfTextAtSize(`${number} / ${pages.length}`, 7),
    808,
    faint,
  );
}

/** Lines for who the Lessee is; gives the top of what follows. */
function partyBlock(page: PDFPage, { small }: Fonts): number {
  const { top, height, company, gap } = party;
  const foot = top + height;
  const number = margin + company + gap;
  for (const [word, x, width] of [
    ['Company', margin, company],
    ['Registration number', number, size.width - margin - number],
  ] as const) {
    rule(page, x, foot + 2, width, 0.7, ink);
    write(page, small, word, 7, x, foot + 11, faint);
  }
  return foot + 34;
}

function signatureBlock(page: PDFPage, { bold, text, small }: Fonts): void {
  const { tick, signature, name, title } = boxes;
  page.drawRectangle({
    x: margin,
    y: size.height - tick.top - tick.size,
    width: tick.size,
    height: tick.size,
    borderWidth: 0.8,
    borderColor: ink,
    opacity: 0,
  });
  write(page, bold, 'For the Lessee', 10, margin, 556);
  write(page, text, 'Signed for the company that is named in clause 1', 9.5, margin, 570);
  const lines = [
    ['Signature', margin, signature.top + signature.height, column],
    ['Name', margin, name.top + name.height, column],
    ['Title', margin, title.top + title.height, 96],
    ['Date', margin + 109, title.top + title.height, 96],
  ] as const;
  for (const [word, x, top, width] of lines) {
    rule(page, x, top + 2, width, 0.7, ink);
    write(page, small, word, 7, x, top + 11, faint);
  }
}

/** Text is placed by the top of the page, as people measure it. */
function write(page: PDFPage, font: PDFFont, text: string, fontSize: number, x: number, top: number, color = ink): void {
  page.drawText(text, { x, y: size.height - top, size: fontSize, font, color });
}

function rule(page: PDFPage, x: number, top: number, width: number, thickness: number, color: ReturnType<typeof rgb>): void {
  page.drawLine({ start: { x, y: size.height - top }, end: { x: x + width, y: size.height - top }, thickness, color });
}

/** Sets a paragraph justified, its last line ragged; gives the top of what follows. */
function justify(page: PDFPage, font: PDFFont, paragraph: string, top: number, indent: number): number {
  const fontSize = 11.5;
  const width = measure - indent;
  let line: string[] = [];
  let y = top;
  const draw = (last: boolean): void => {
    const natural = line.reduce((sum, word) => sum + font.widthOfTextAtSize(word, fontSize), 0);
    const space = font.widthOfTextAtSize(' ', fontSize);
    const gap = last || line.length < 2 ? space : (width - natural) / (line.length - 1);
    let x = margin + indent;
    for (const word of line) {
      write(page, font, `${word} `, fontSize, x, y);
      x += font.widthOfTextAtSize(word, fontSize) + gap;
    }
    y += 18;
    line = [];
  };
  for (const word of paragraph.split(' ')) {
    if (line.length > 0 && font.widthOfTextAtSize([...line, word].join(' '), fontSize) > width) draw(false);
    line.push(word);
  }
  draw(true);
  return y;
}

/** The flow's step for it: where its one signer is named and signs, in fractions of the page, and which answers say who that is. */
export const agreementStep: Pick<SignStep, 'title' | 'fields' | 'prefill'> = {
  title: 'Equipment lease agreement',
  fields: [
    place('text', margin, party.top, party.company, party.height, { page: 1, name: 'Company', label: 'Company' }),
    place('text', margin + party.company + party.gap, party.top, measure - party.company - party.gap, party.height, {
      page: 1,
      name: 'Registration number',
      label: 'Registration number',
      required: false,
    }),
    place('checkbox', margin, boxes.tick.top, boxes.tick.size, boxes.tick.size, { required: false, label: 'Delivery in two parts' }),
    place('signature', margin, boxes.signature.top, column, boxes.signature.height),
    place('name', margin, boxes.name.top, column, boxes.name.height),
    place('text', margin, boxes.title.top, 96, boxes.title.height, { label: 'Title' }),
    place('date_signed', margin + 109, boxes.title.top, 96, boxes.title.height),
  ],
  prefill: { Company: 'company_name', 'Registration number': 'registration_number' },
};

function place(
  type: SignStep['fields'][number]['type'],
  left: number,
  top: number,
  width: number,
  height: number,
  rest: Partial<Pick<SignStep['fields'][number], 'page' | 'name' | 'required' | 'label'>> = {},
): SignStep['fields'][number] {
  const [x, w] = [left, width].map((value) => value / size.width) as [number, number];
  const [y, h] = [top, height].map((value) => value / size.height) as [number, number];
  return { type, role: 'Lessee', page: pages.length, x, y, width: w, height: h, required: true, ...rest };
}
