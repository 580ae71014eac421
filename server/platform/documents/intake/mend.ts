import { EncryptedPDFError, PDFDocument } from '@cantoo/pdf-lib';
import { refuseUncleanable } from '../forms/active-content.ts';
import { Refusal } from '../pdf/refusals.ts';
import { written } from '../pdf/save.ts';

/**
 * A damaged file written anew by pdf-lib, which finds objects where the table of the file does not lead to them. Whether that is the same
 * document is for the caller to see. Refusal `malformed` where it cannot be read, or may be two documents in one: hybrid files and signed
 * ones.
 */
export async function mended(upload: Uint8Array): Promise<Uint8Array> {
  if (Buffer.from(upload.buffer, upload.byteOffset, upload.byteLength).includes('/XRefStm')) throw new Refusal('malformed', 'XRefStm');
  const document = await PDFDocument.load(upload, { updateMetadata: false, parseSpeed: Number.POSITIVE_INFINITY }).catch(
    (error: unknown) => {
      if (error instanceof EncryptedPDFError) throw new Refusal('encrypted', 'Encrypt');
      throw new Refusal('malformed', 'file');
    },
  );
  refuseUncleanable(document.context, 'refused');
  return written(document);
}
