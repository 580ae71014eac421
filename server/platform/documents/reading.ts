import { createHash, type Hash } from 'node:crypto';
import { AnnotationMode, getDocument, PasswordException, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { Refusal } from './refusals.ts';

/** A page as pdf.js, the signer's reader, takes it. */
export interface PageReading {
  /** Without white space, which readers set as they like. */
  readonly text: string;
  /** Hash of everything that is drawn, annotations included. */
  readonly drawing: string;
  /** Visible box, turn and unit. */
  readonly view: string;
}

export interface ReadingOptions {
  readonly drawing: boolean;
  /** Whether `drawing` covers pictures. Decoding them is slow: a scan of 500 pages takes minutes. */
  readonly pictures?: boolean;
}

const settings = {
  useWasm: false,
  useWorkerFetch: false,
  disableFontFace: true,
  useSystemFonts: false,
  isImageDecoderSupported: false,
  isOffscreenCanvasSupported: false,
  enableXfa: false,
  // Warnings are how pdf.js tells that it went on over something that others stop at.
  verbosity: 1,
};

/** What pdf.js says of an operator that does not exist or lacks operands, and of what it leaves out: readers go on from there each in their own way. */
const faults = /Unknown command|Skipping command|ignoring errors/;
let faulty = 0;
console.warn = (text: unknown) => {
  if (faults.test(String(text))) faulty += 1;
};

/** Reads a PDF page by page; Refusal `encrypted`, or `differs` for content that readers take in several ways. */
export const readPages = (bytes: Uint8Array, { drawing, pictures = false }: ReadingOptions): Promise<PageReading[]> =>
  opened(bytes, pictures, async (document) => {
    const pages: PageReading[] = [];
    const before = faulty;
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent({ disableNormalization: true });
      pages.push({
        text: items
          .map((item) => ('str' in item ? item.str : ''))
          .join('')
          .replace(/\s+/g, ''),
        drawing: drawing ? fingerprint(await page.getOperatorList({ annotationMode: AnnotationMode.ENABLE })) : '',
        view: JSON.stringify([page.view, page.rotate, page.userUnit]),
      });
      page.cleanup();
    }
    if (faulty > before) throw new Refusal('differs', 'operator');
    return pages;
  });

/** Refusal where a password is needed, or anything is encrypted. */
export const refuseEncrypted = (bytes: Uint8Array): Promise<void> => opened(bytes, false, async () => {});

async function opened<T>(bytes: Uint8Array, pictures: boolean, read: (document: PDFDocumentProxy) => Promise<T>): Promise<T> {
  // A copy, since pdf.js takes the buffer away from its giver.
  const task = getDocument({ ...settings, data: new Uint8Array(bytes), maxImageSize: pictures ? -1 : 0 });
  try {
    const document = await task.promise;
    const { info } = await document.getMetadata();
    if ('EncryptFilterName' in info && info.EncryptFilterName) throw new Refusal('encrypted', 'Encrypt');
    return await read(document);
  } catch (error) {
    throw error instanceof PasswordException ? new Refusal('encrypted', 'Encrypt') : error;
  } finally {
    await task.destroy();
  }
}

function fingerprint({ fnArray, argsArray }: { fnArray: readonly number[]; argsArray: readonly unknown[] }): string {
  const hash = createHash('sha256');
  fnArray.forEach((operator, index) => {
    hash.update(`${operator} `);
    feed(hash, argsArray[index]);
  });
  return hash.digest('base64');
}

/** Names that pdf.js gives hold the number of the document (`g_d1_f2`) or of an object (`12R`): a rewrite changes both. */
function feed(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  else if (Array.isArray(value)) for (const one of value) feed(hash, one);
  else if (value !== null && typeof value === 'object')
    for (const [key, one] of Object.entries(value)) {
      hash.update(`${key}:`);
      feed(hash, one);
    }
  else hash.update(`${String(value).replace(/g_d\d+|^\d+R\d*$/g, '')};`);
}
