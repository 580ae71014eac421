import { type PDFContext, PDFDict, type PDFDocument, PDFName, PDFRawStream, PDFRef } from '@cantoo/pdf-lib';
import { decoded } from '../pdf/isolate.ts';

/**
 * Takes out what the file says of its own conformance: of PDF/A, PDF/UA, PDF/X, PDF/VT, PDF/E, of declarations, and of an invoice in it.
 * Nobody has checked that what was laid over it and added to it keeps to those. Title, author and whatever else its metadata tell stay; metadata
 * that cannot be read go.
 */
export async function withoutClaims(document: PDFDocument): Promise<void> {
  const { context, catalog } = document;
  for (const [ref, stream] of metadataOf(document)) {
    const kept = await withoutClaimsIn(stream);
    if (kept instanceof PDFRawStream) continue;
    if (kept) context.assign(ref, plain(context, kept));
    else context.delete(ref);
  }
  const metadata = catalog.get(Metadata);
  if (!(metadata instanceof PDFRef && context.lookup(metadata) instanceof PDFRawStream)) catalog.delete(Metadata);
  const about = context.lookup(context.trailerInfo.Info);
  if (about instanceof PDFDict) for (const key of about.keys()) if (key.decodeText().startsWith('GTS_')) about.delete(key);
  // Without a structure a file is not tagged, whatever it says (ISO 32000-2, 14.8.1).
  if (!(catalog.lookup(PDFName.of('StructTreeRoot')) instanceof PDFDict)) catalog.delete(PDFName.of('MarkInfo'));
}

const Metadata = PDFName.of('Metadata');
const Type = PDFName.of('Type');

function metadataOf({ context, catalog }: PDFDocument): [PDFRef, PDFRawStream][] {
  const own = catalog.get(Metadata);
  return context
    .enumerateIndirectObjects()
    .filter(
      (entry): entry is [PDFRef, PDFRawStream] =>
        entry[1] instanceof PDFRawStream && (entry[0] === own || entry[1].dict.get(Type) === Metadata),
    );
}

/** XMP is kept as it is, so that programs that know nothing of PDF find it (ISO 16684-1, and ISO 32000-2, 14.3.2). */
const plain = (context: PDFContext, bytes: Uint8Array): PDFRawStream =>
  PDFRawStream.of(context.obj({ Type: 'Metadata', Subtype: 'XML', Length: bytes.length }), bytes);

/** Namespaces in which a file says what it conforms to, each with its source; what lies below one of them is the same standard's. */
const claiming = [
  // ISO 19005 (PDF/A, with the schemas it wants described), ISO 14289 (PDF/UA), ISO 24517 (PDF/E).
  /^http:\/\/www\.aiim\.org\/pdf[aeu]/i,
  // ISO 15930 (PDF/X), ISO 16612-2 (PDF/VT).
  /^http:\/\/www\.npes\.org\/pdf/i,
  // PDF Declarations of the PDF Association.
  /^https?:\/\/(www\.)?pdfa\.org\/declarations/i,
  // An invoice as an attachment (ZUGFeRD, Factur-X), which intake does not keep.
  /^urn:.*:CrossIndustryDocument:/i,
];
/** Of Adobe's namespace for entries of the Info dictionary only these are claims. */
const claimed = /^GTS_/;

/** The same stream where it claims nothing; its XML without the claims; nothing where it cannot be read. */
async function withoutClaimsIn(stream: PDFRawStream): Promise<PDFRawStream | Uint8Array | undefined> {
  const text = textOf(decoded(stream));
  if (text === undefined) return undefined;
  const { DOMParser, XMLSerializer, onErrorStopParsing } = await import('@xmldom/xmldom');
  try {
    const read = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'application/xml');
    if (read.doctype) return undefined;
    const all = Array.from(read.getElementsByTagName('*'));
    let found = 0;
    for (const element of all) {
      const claims = isClaim(element.namespaceURI, element.localName);
      if (claims) element.parentNode?.removeChild(element);
      const attributes = claims ? [] : Array.from(element.attributes);
      const said = attributes.filter(({ namespaceURI, localName, value }) =>
        namespaceURI === xmlns ? isClaim(value, null) : isClaim(namespaceURI, localName),
      );
      for (const attribute of said) element.removeAttributeNode(attribute);
      found += said.length + (claims ? 1 : 0);
    }
    return found === 0 ? stream : Buffer.from(new XMLSerializer().serializeToString(read));
  } catch {
    // Whoever cannot read it cannot tell what it claims.
    return undefined;
  }
}

const xmlns = 'http://www.w3.org/2000/xmlns/';
const isClaim = (namespace: string | null, name: string | null): boolean =>
  claimed.test(name ?? '') || claiming.some((pattern) => pattern.test(namespace ?? ''));

/** UTF-8, or UTF-16 by its byte order mark; nothing for bytes that are no such text. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (!bytes) return undefined;
  const [first, second] = bytes;
  const encoding = first === 0xfe && second === 0xff ? 'utf-16be' : first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    // An older writer ends the packet with zeros.
    return new TextDecoder(encoding, { fatal: true })
      .decode(bytes)
      .replace(/[\s\0]+$/, '')
      .trimStart();
  } catch {
    return undefined;
  }
}
