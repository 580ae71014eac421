import { createHash, randomBytes } from 'node:crypto';
import { PDFArray, PDFDict, type PDFDocument, PDFHexString, PDFName, PDFNumber, type PDFRef, PDFString } from '@cantoo/pdf-lib';
import { annotate } from '../pages/page.ts';
import { written } from '../pdf/save.ts';
import { withoutClaims } from './claims.ts';
import { roomFor, signedBy } from './cms.ts';
import type { SealIdentity } from './identity.ts';

export interface Sealing {
  readonly identity: SealIdentity;
  /** What the signature says of itself. */
  readonly reason: string;
  /** Milliseconds; the claimed time in the signature's dictionary. */
  readonly at: number;
}

/** Wide enough for every offset in a file that fits into a Buffer. */
const unknownOffset = 9_999_999_999;

/**
 * Writes the document anew and seals it: PAdES B-B (ETSI EN 319 142-1), certified with DocMDP P=1: nothing may be changed, and
 * only validation data and document time stamps added (ISO 32000-2, 12.8.2.2). The document must carry no signature yet.
 */
export async function sealed(document: PDFDocument, sealing: Sealing): Promise<Uint8Array> {
  await withoutClaims(document);
  const token = randomBytes(24).toString('hex');
  addSignature(document, sealing, token);
  const bytes = await written(document);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const gap = bindRanges(file, token);
  const digest = createHash('sha256').update(file.subarray(0, gap.start)).update(file.subarray(gap.end)).digest();
  const signature = Buffer.from(signedBy(sealing.identity, digest)).toString('hex');
  if (signature.length > gap.end - gap.start - 2) throw new Error('The signature is larger than the room kept for it.');
  file.write(signature.padEnd(gap.end - gap.start - 2, '0'), gap.start + 1, 'latin1');
  checkRanges(file, gap);
  return bytes;
}

/** The signature's dictionary, its invisible field on the first page, and the catalog's word that it certifies the document. */
function addSignature(document: PDFDocument, { identity, reason, at }: Sealing, token: string): void {
  const { context, catalog } = document;
  const signature = context.nextRef();
  context.assign(
    signature,
    context.obj({
      Type: 'Sig',
      Filter: 'Adobe.PPKLite',
      SubFilter: 'ETSI.CAdES.detached',
      ByteRange: [0, unknownOffset, unknownOffset, unknownOffset],
      Contents: PDFHexString.of(token.padEnd(roomFor(identity) * 2, '0')),
      M: PDFString.of(pdfDate(at)),
      Reason: PDFHexString.fromText(reason),
      Reference: [{ Type: 'SigRef', TransformMethod: 'DocMDP', TransformParams: { Type: 'TransformParams', P: 1, V: '1.2' } }],
    }),
  );
  const [page] = document.getPages();
  if (!page) throw new Error('A document without pages cannot be sealed.');
  const field = context.register(
    context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Sig',
      T: PDFString.of('InlaySeal'),
      F: 132,
      Rect: [0, 0, 0, 0],
      P: page.ref,
      V: signature,
    }),
  );
  annotate(page.node, field);
  addField(document, field);
  catalog.set(PDFName.of('Perms'), context.obj({ DocMDP: signature }));
}

function addField({ context, catalog }: PDFDocument, field: PDFRef): void {
  const form = catalog.lookupMaybe(PDFName.of('AcroForm'), PDFDict) ?? (context.obj({}) as PDFDict);
  const fields = form.lookupMaybe(PDFName.of('Fields'), PDFArray) ?? (context.obj([]) as PDFArray);
  fields.push(field);
  form.set(PDFName.of('Fields'), fields);
  form.set(PDFName.of('SigFlags'), PDFNumber.of(3));
  catalog.set(PDFName.of('AcroForm'), form);
}

/** Finds this signature's hole by its random token, so that no text of the document can be taken for it, and writes its byte range. */
function bindRanges(file: Buffer, token: string): { start: number; end: number } {
  const start = file.indexOf(`<${token}`);
  const end = file.indexOf('>', start) + 1;
  if (start < 0 || end <= start || file.indexOf(token, start + token.length) >= 0)
    throw new Error('The signature has no place of its own.');
  const from = file.lastIndexOf('/ByteRange', start);
  const to = file.indexOf(']', from) + 1;
  if (from < 0 || to > start || start - from > 200) throw new Error('The signature has no byte range.');
  const range = `/ByteRange [0 ${start} ${end} ${file.length - end}]`;
  if (range.length > to - from) throw new Error('The byte range is longer than the room kept for it.');
  file.write(range.padEnd(to - from), from, 'latin1');
  return { start, end };
}

/** Reads the finished file again: the byte range before the signature leaves out the signature, and nothing else. */
function checkRanges(file: Buffer, gap: { start: number; end: number }): void {
  const at = file.lastIndexOf('/ByteRange', gap.start);
  const [, ...numbers] = /^\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/.exec(file.toString('latin1', at, at + 80)) ?? [];
  const [zero, start = 0, end = 0, rest = 0] = numbers.map(Number);
  const hole = file.toString('latin1', start, end);
  if (zero !== 0 || start !== gap.start || end + rest !== file.length || !/^<[0-9a-f]+>$/.test(hole))
    throw new Error('The byte range of the sealed file does not cover all but its signature.');
}

/** ISO 32000-2, 7.9.4, in UTC. */
export const pdfDate = (at: number): string => `D:${new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
