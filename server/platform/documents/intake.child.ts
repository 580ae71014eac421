import { EncryptedPDFError, PDFDocument } from '@cantoo/pdf-lib';
import type { PageBox } from '../../../shared/geometry.ts';
import { refuseActive } from './active-content.ts';
import { readPageTree } from './page-tree.ts';
import { loadQpdf, type Qpdf, rewrite } from './qpdf.ts';
import { type PageReading, readPages, refuseEncrypted } from './reading.ts';
import { Refusal, type RefusalCode } from './refusals.ts';

/** What the server asks of a child, once, and what it hears. */
export type Question =
  | { kind: 'take-in'; upload: Uint8Array; signed: 'refused' | 'kept'; maxPages: number; maxBytes: number }
  | { kind: 'compare'; source: Uint8Array; result: Uint8Array };
export type Answer =
  | { kind: 'ready' }
  | { kind: 'taken-in'; bytes: Uint8Array; pages: PageBox[] }
  | { kind: 'refused'; code: RefusalCode; found: string | undefined }
  | { kind: 'compared'; fault: string | undefined };

// Loaded ahead of the question: a started child answers a normal file in a tenth of the time.
const loaded = Promise.all([loadQpdf(), import('pdfjs-dist/legacy/build/pdf.worker.mjs' as string)]);

async function takeIn({ upload, signed, maxPages, maxBytes }: Extract<Question, { kind: 'take-in' }>): Promise<Answer> {
  const [qpdf] = await loaded;
  const { bytes, guessed } = await rewritten(qpdf, upload);
  if (bytes.length > maxBytes) throw new Refusal('too-large');
  const { context } = await PDFDocument.load(bytes, {
    updateMetadata: false,
    throwOnInvalidObject: true,
    parseSpeed: Number.POSITIVE_INFINITY,
  });
  refuseActive(context, signed === 'kept' ? new Set(['signed']) : undefined);
  const pages = readPageTree(context, maxPages);
  const options = { drawing: true, pictures: guessed };
  const before = await readPages(upload, options);
  const after = await readPages(bytes, options);
  if (before.length !== pages.length || after.length !== pages.length) throw new Refusal('differs', 'Count');
  const same = (key: keyof PageReading) => after.every((page, index) => page[key] === before[index]?.[key]);
  for (const key of ['text', 'drawing', 'view'] as const) if (!same(key)) throw new Refusal('differs', key);
  return { kind: 'taken-in', bytes, pages };
}

/** qpdf says the same of a damaged file as of one that needs a password; pdf.js tells them apart. */
async function rewritten(qpdf: Qpdf, upload: Uint8Array): Promise<ReturnType<typeof rewrite>> {
  try {
    return rewrite(qpdf, upload);
  } catch (error) {
    await refuseEncrypted(upload);
    throw error;
  }
}

async function compare({ source, result }: Extract<Question, { kind: 'compare' }>): Promise<Answer> {
  await loaded;
  const before = await readPages(source, { drawing: false });
  const after = await readPages(result, { drawing: false });
  const page = before.findIndex(({ text }, index) => !after[index]?.text.startsWith(text));
  return { kind: 'compared', fault: page < 0 ? undefined : `page ${page + 1} of ${before.length}` };
}

/** Whatever a library throws over a hostile file means that it cannot be read; its message may quote the document, so it stays here. */
function refusalOf(error: unknown): Answer {
  if (error instanceof Refusal) return { kind: 'refused', code: error.code, found: error.found };
  if (error instanceof EncryptedPDFError) return { kind: 'refused', code: 'encrypted', found: 'Encrypt' };
  if (error instanceof RangeError && /memory|allocation|call stack/i.test(error.message))
    return { kind: 'refused', code: 'too-slow', found: 'RangeError' };
  return { kind: 'refused', code: 'malformed', found: error instanceof Error ? error.name : undefined };
}

const tell = (answer: Answer): void => void process.send?.(answer);
/** Answers one question; the process is good for no other. */
export const answer = (question: Question): Promise<Answer> =>
  (question.kind === 'take-in' ? takeIn(question) : compare(question)).catch(refusalOf);

process.once('disconnect', () => process.exit(0));
// The server ends this process when it has the answer.
process.once('message', (question: Question) => void answer(question).then(tell));
void loaded.then(() => tell({ kind: 'ready' }));
