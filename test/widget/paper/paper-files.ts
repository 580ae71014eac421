import { readFile } from 'node:fs/promises';
import { degrees, PDFDocument, PDFName, PDFString, StandardFonts } from '@cantoo/pdf-lib';

const fixtures = new URL('../../fixtures/pdf/', import.meta.url);

export const fixture = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(name, fixtures)));

/** A4 pages, each saying which it is, in 24 points, 60 from the left and 142 from the top before they are turned by `rotate` degrees. */
export async function agreement(count: number, { rotate = 0, lang }: { rotate?: number; lang?: string } = {}): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (let number = 1; number <= count; number++) {
    const page = pdf.addPage([595, 842]);
    page.drawText(`Page ${number} of the agreement`, { x: 60, y: 700, size: 24, font });
    page.setRotation(degrees(rotate));
  }
  if (lang) pdf.catalog.set(PDFName.of('Lang'), PDFString.of(lang));
  return pdf.save();
}

/** A page with a link over its whole upper half, and a form field that says "As agreed". */
export async function interactive(): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const page = pdf.addPage([595, 842]);
  const link = pdf.context.register(
    pdf.context.obj({
      Type: 'Annot',
      Subtype: 'Link',
      Rect: [0, 421, 595, 842],
      Border: [0, 0, 0],
      A: { Type: 'Action', S: 'URI', URI: PDFString.of('https://elsewhere.example/') },
    }),
  );
  page.node.set(PDFName.of('Annots'), pdf.context.obj([link]));
  const field = pdf.getForm().createTextField('said');
  field.setText('As agreed');
  field.addToPage(page, { x: 60, y: 300, width: 200, height: 30, borderWidth: 0 });
  return pdf.save();
}
