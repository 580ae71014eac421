import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
import { AnnotationMode, getDocument, PasswordException, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { type Drawing, fingerprintOf, lettersOf } from '../pdf/fingerprint.ts';
import { Refusal } from '../pdf/refusals.ts';
import { bounded } from './exhaustion.ts';

/** A page as pdf.js, the signer's reader, takes it. */
export interface PageReading {
  /** The letters of its content in the order in which they are drawn, without white space, which readers set as they like. */
  readonly text: string;
  /** Hash of everything that is drawn, annotations included. */
  readonly drawing: string;
  /** Visible box, turn and unit. */
  readonly view: string;
  /** Something in it was left out by pdf.js: what it does not know, or could not do. */
  readonly faulty: boolean;
}

export interface ReadingOptions {
  readonly drawing: boolean;
  /** Whether `drawing` covers pictures. Decoding them is slow: a scan of 500 pages takes minutes. */
  readonly pictures?: boolean;
}

const pdfjs = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

const settings = {
  // Without them every text of a font with a predefined map, usual in Chinese and Japanese files, reads as nothing (ISO 32000-2, 9.7.5.2).
  cMapUrl: `${pdfjs}/cmaps/`,
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

/** Reads a PDF page by page; Refusal `encrypted`. */
export const readPages = (bytes: Uint8Array, { drawing, pictures = false }: ReadingOptions): Promise<PageReading[]> =>
  opened(bytes, pictures, async (document) => {
    const pages: PageReading[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const before = faulty;
      const page = await document.getPage(number);
      const drawn = await page.getOperatorList({ annotationMode: drawing ? AnnotationMode.ENABLE : AnnotationMode.DISABLE });
      pages.push({
        text: lettersOf(drawn),
        drawing: drawing ? fingerprintOf(drawn) : '',
        view: JSON.stringify([page.view, page.rotate, page.userUnit]),
        faulty: faulty > before,
      });
      page.cleanup();
    }
    return pages;
  });

/** What pdf.js would draw of the content of these pages (counted from 1), without what is laid over them. */
export const readDrawings = (bytes: Uint8Array, pages: readonly number[]): Promise<Map<number, Drawing>> =>
  opened(bytes, false, async (document) => {
    const drawings = new Map<number, Drawing>();
    for (const number of pages)
      drawings.set(number, await (await document.getPage(number)).getOperatorList({ annotationMode: AnnotationMode.DISABLE }));
    return drawings;
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
    return await bounded(() => read(document));
  } catch (error) {
    throw isLocked(error) ? new Refusal('encrypted', 'Encrypt') : error;
  } finally {
    await task.destroy();
  }
}

/** By a password, or in a way that pdf.js does not know, as for the owners of certificates (ISO 32000-2, 7.6.5). */
const isLocked = (error: unknown): boolean =>
  error instanceof PasswordException || (error instanceof Error && /encryption/i.test(error.message));
