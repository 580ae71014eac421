import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { type Library, libraryAt, type PdfJs } from './library.ts';
import { PaperError } from './paper-error.ts';
import { ownWorker, type PaperWorker, pageWorker } from './worker.ts';

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
  const library = libraryAt(assets);
  const start = mode === 'none' ? pageWorker : ownWorker;
  const script = scriptOf(library);
  const starting = Promise.resolve(library.folder).then((folder) => start(`${folder}worker.js`));
  try {
    const [pdfjs, worker, data] = await Promise.all([script, starting, bytes]);
    return await read(pdfjs, worker, data, await library.folder);
  } catch (error) {
    starting.then(
      (worker) => worker.stop(),
      () => {},
    );
    throw error;
  }
}

async function scriptOf(library: Library): Promise<PdfJs> {
  try {
    return await library.script;
  } catch (cause) {
    throw new PaperError('script', 'The script of pdf.js did not load.', cause);
  }
}

async function read(pdfjs: PdfJs, worker: PaperWorker, data: Uint8Array, folder: string): Promise<Source> {
  const port = pdfjs.PDFWorker.create({ port: worker.port as Worker, verbosity: 0 });
  const task = pdfjs.getDocument({
    // pdf.js gives the bytes away to its worker.
    data: data.slice(),
    worker: port,
    verbosity: 0,
    useWasm: false,
    enableXfa: false,
    cMapUrl: `${folder}cmaps/`,
    standardFontDataUrl: `${folder}standard_fonts/`,
    wasmUrl: `${folder}wasm/`,
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
