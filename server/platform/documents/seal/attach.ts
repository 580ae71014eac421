import { PDFDict, type PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { flate } from '../fonts/embed.ts';
import { pdfDate } from './seal.ts';

/** Attaches a file as a supplement of the document (ISO 32000-2, 14.13); the document has no other, intake refuses those. */
export function attach(
  { context, catalog }: PDFDocument,
  file: { name: string; type: string; description: string; bytes: Uint8Array; at: number },
): void {
  const date = PDFString.of(pdfDate(file.at));
  const embedded = context.register(
    flate(context, file.bytes, {
      Type: 'EmbeddedFile',
      Subtype: file.type,
      Params: { Size: file.bytes.length, CreationDate: date, ModDate: date },
    }),
  );
  const name = PDFString.of(file.name);
  const specification = context.register(
    context.obj({
      Type: 'Filespec',
      F: name,
      UF: name,
      Desc: PDFString.of(file.description),
      AFRelationship: 'Supplement',
      EF: { F: embedded, UF: embedded },
    }),
  );
  const names = catalog.lookupMaybe(PDFName.of('Names'), PDFDict) ?? PDFDict.withContext(context);
  names.set(PDFName.of('EmbeddedFiles'), context.obj({ Names: [name, specification] }));
  catalog.set(PDFName.of('Names'), names);
  catalog.set(PDFName.of('AF'), context.obj([specification]));
}

/** JSON with the keys of every object in order and no white space: the same facts are always the same bytes (RFC 8785, for what facts are made of). */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
