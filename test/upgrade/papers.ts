import { PDFDocument, PDFString, StandardFonts } from '@cantoo/pdf-lib';

/** A4 in points. */
const size: [number, number] = [595.28, 841.89];

/** Pages of a line each. */
export async function plain(pages: number, title = 'Lease of berth 7'): Promise<Buffer> {
  const file = await PDFDocument.create();
  const font = await file.embedFont(StandardFonts.TimesRoman);
  for (let page = 1; page <= pages; page++)
    file.addPage(size).drawText(`${title}, page ${page} of ${pages}`, { x: 60, y: 60, size: 11, font });
  return Buffer.from(await file.save());
}

/**
 * A form as people send it: filled fields with their appearances, a ticked box, an empty signature field, a highlight and a link. The build
 * before took it as it is, fields and all.
 */
export async function form(): Promise<Buffer> {
  const file = await PDFDocument.create();
  const font = await file.embedFont(StandardFonts.Helvetica);
  const page = file.addPage(size);
  page.drawText('Order form', { x: 60, y: 780, size: 18, font });
  page.drawText('Company', { x: 60, y: 732, size: 10, font });
  const fields = file.getForm();
  const company = fields.createTextField('company');
  company.setText('Nordin Tryck & Papper AB');
  company.addToPage(page, { x: 140, y: 725, width: 220, height: 22, font });
  const box = fields.createCheckBox('terms');
  box.addToPage(page, { x: 140, y: 690, width: 16, height: 16 });
  box.check();
  const berth = fields.createDropdown('berth');
  berth.addOptions(['Berth 6', 'Berth 7']);
  berth.select('Berth 7');
  berth.addToPage(page, { x: 140, y: 650, width: 120, height: 20, font });
  const { context } = file;
  const add = (annotation: Record<string, unknown>) =>
    page.node.addAnnot(context.register(context.obj({ Type: 'Annot', ...annotation } as never)));
  const unsigned = context.register(
    context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Sig',
      T: PDFString.of('approval'),
      Rect: [140, 600, 300, 630],
      F: 4,
      P: page.ref,
    }),
  );
  page.node.addAnnot(unsigned);
  fields.acroForm.addField(unsigned);
  const appearance = context.register(
    context.stream('1 0.95 0.4 rg 60 570 180 14 re f', { Type: 'XObject', Subtype: 'Form', BBox: [60, 570, 240, 584] }),
  );
  add({
    Subtype: 'Highlight',
    Rect: [60, 570, 240, 584],
    QuadPoints: [60, 584, 240, 584, 60, 570, 240, 570],
    C: [1, 0.95, 0.4],
    F: 4,
    AP: { N: appearance },
  });
  add({
    Subtype: 'Link',
    Rect: [60, 540, 200, 554],
    Border: [0, 0, 0],
    A: { S: 'URI', URI: PDFString.of('https://harborleasing.example/') },
  });
  return Buffer.from(await file.save({ useObjectStreams: false }));
}
