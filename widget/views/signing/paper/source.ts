import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { version } from 'pdfjs-dist/package.json';
import { bring } from '../../../session/bring.ts';
import { PaperError } from './paper-error.ts';
import { ownWorker, type PaperWorker, pageWorker } from './worker.ts';

export type PdfJs = typeof import('./pdfjs.ts');

/** An open file: its pages, and what pdf.js and its worker need to be ended. */
export interface Source {
  readonly pdfjs: PdfJs;
  readonly pages: readonly PDFPageProxy[];
  /** The document's language (BCP 47), empty where it names none. */
  readonly language: string;
  /** Rejects if the worker dies; never settles otherwise. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

export interface Opening {
  /** Where the built files lie: ends with a slash. */
  readonly assets: string;
  readonly worker?: 'none' | undefined;
}

/** Brings pdf.js and its worker at the same time as the bytes, and reads the pages' sizes. Rejects with a PaperError, or as the bytes do. */
export async function openSource(bytes: Uint8Array | Promise<Uint8Array>, { assets, worker: mode }: Opening): Promise<Source> {
  // Another version's worker would not understand ours: the version is in the path, and the path can be cached for ever.
  const home = new URL(`pdfjs/${version}/`, assets).href;
  const starting = (mode === 'none' ? pageWorker : ownWorker)(`${home}worker.js`);
  try {
    const [pdfjs, worker, data] = await Promise.all([bringPdfJs(), starting, bytes]);
    return await read(pdfjs, worker, data, home);
  } catch (error) {
    starting.then(
      (worker) => worker.stop(),
      () => {},
    );
    throw error;
  }
}

async function bringPdfJs(): Promise<PdfJs> {
  try {
    return await bring(() => import('./pdfjs.ts'));
  } catch (cause) {
    throw new PaperError('script', 'The script of pdf.js did not load.', cause);
  }
}

async function read(pdfjs: PdfJs, worker: PaperWorker, data: Uint8Array, home: string): Promise<Source> {
  const port = pdfjs.PDFWorker.create({ port: worker.port as Worker, verbosity: 0 });
  const task = pdfjs.getDocument({
    // pdf.js gives the bytes away to its worker.
    data: data.slice(),
    worker: port,
    verbosity: 0,
    useWasm: false,
    enableXfa: false,
    cMapUrl: `${home}cmaps/`,
    standardFontDataUrl: `${home}standard_fonts/`,
    wasmUrl: `${home}wasm/`,
  });
  const close = async (): Promise<void> => {
    await Promise.race([task.destroy(), worker.lost]).catch(() => {});
    port.destroy();
    worker.stop();
    pdfjs.TextLayer.cleanup();
  };
  try {
    const pdf = await Promise.race([task.promise, worker.lost]);
    const [pages, language] = await Promise.race([Promise.all([pagesOf(pdf), languageOf(pdf)]), worker.lost]);
    return { pdfjs, pages, language, lost: worker.lost, close };
  } catch (cause) {
    await close();
    throw new PaperError('unreadable', 'The document cannot be read.', cause);
  }
}

const pagesOf = (pdf: PDFDocumentProxy): Promise<PDFPageProxy[]> =>
  Promise.all(Array.from({ length: pdf.numPages }, (_, index) => pdf.getPage(index + 1)));

async function languageOf(pdf: PDFDocumentProxy): Promise<string> {
  const { info } = await pdf.getMetadata();
  const { Language } = info as { Language?: unknown };
  return typeof Language === 'string' && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(Language) ? Language : '';
}
