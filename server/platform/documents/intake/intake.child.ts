import { EncryptedPDFError, PDFCatalog, PDFDict, PDFDocument, PDFRef } from '@cantoo/pdf-lib';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import type { FoundField, IntakeOptions } from '../../domain/files/documents.ts';
import { checkContents } from '../content/page-contents.ts';
import { refuseActive, refuseUncleanable } from '../forms/active-content.ts';
import { type TaggedPage, takeTags } from '../forms/tags.ts';
import { mayHoldTags, withoutTags } from '../forms/text-tags.ts';
import { createEdits, type Told } from '../pdf/edits.ts';
import { readPageTree } from '../pdf/page-tree.ts';
import { Refusal, type RefusalCode } from '../pdf/refusals.ts';
import { written } from '../pdf/save.ts';
import { clean } from './clean.ts';
import { mended } from './mend.ts';
import { loadQpdf, prepareQpdf, type Qpdf, rewrite } from './qpdf.ts';
import { type PageReading, readDrawings, readPages, refuseEncrypted } from './reading.ts';

interface TakeIn extends Pick<Required<IntakeOptions>, 'signed' | 'fields'> {
  readonly kind: 'take-in';
  readonly upload: Uint8Array;
  readonly maxPages: number;
  readonly maxBytes: number;
}

/** What the server asks of a child, once, and what it hears. */
export type Question = TakeIn | { kind: 'compare'; source: Uint8Array; result: Uint8Array };
export type Answer =
  | { kind: 'ready' }
  | { kind: 'taken-in'; bytes: Uint8Array; pages: PageBox[]; fields: FoundField[]; warnings: Told[] }
  | { kind: 'refused'; code: RefusalCode; found: string | undefined; page: number | undefined }
  | { kind: 'compared'; fault: string | undefined };

// Loaded ahead of the question: a started child answers a normal file in a tenth of the time.
/** Bytes of a document after which another instance reads what becomes of it. */
const mostKept = 4 << 20;
let qpdfLoaded: Promise<Qpdf> | undefined;
const loaded = (): Promise<Qpdf> => {
  qpdfLoaded ??= loadQpdf();
  return qpdfLoaded;
};

async function takeIn(question: TakeIn): Promise<Answer> {
  const { upload } = question;
  try {
    return await takeInAs(question, upload, false);
  } catch (error) {
    // pdf.js tells a damaged file from one that needs a password; qpdf says the same of both.
    if (!(error instanceof Refusal) || error.code !== 'malformed') throw error;
    await refuseEncrypted(upload);
    const whole = await mended(upload);
    return await takeInAs(question, whole, true).catch((again: unknown) => {
      // What is wrong with it is the damage, not what came of mending it.
      throw again instanceof Refusal && again.code === 'differs' ? error : again;
    });
  }
}

/** `bytes`: the upload, or the upload as it was mended, which must be the same document to the signer's reader. */
async function takeInAs({ upload, signed, fields, maxPages, maxBytes }: TakeIn, bytes: Uint8Array, isMended: boolean): Promise<Answer> {
  const { bytes: rewritten, guessed, clean: isClean } = rewrite(await loaded(), bytes);
  // Its memory never shrinks; where it has become large, what comes next may need the room.
  if (rewritten.length > mostKept) qpdfLoaded = undefined;
  if (rewritten.length > maxBytes) throw new Refusal('too-large');
  const document = await openPdf(rewritten);
  const boxes = readPageTree(document.context, maxPages);
  const options = { drawing: true, pictures: guessed || isMended };
  const before = await readPages(upload, options);
  assertSame(before, await readPages(rewritten, options), boxes.length);
  refuseUncleanable(document.context, signed);
  const edits = createEdits(document.context);
  if (isMended) edits.warn('mended');
  const tagged = fields === 'become' ? await taggedPages(document, rewritten, before, boxes) : [];
  const asked = takeTags(edits, tagged);
  const found = [...clean(edits, document, { fields, boxes }), ...asked];
  refuseActive(document.context);
  const compatible = await checkContents(edits, document);
  refuseFaulty(before, compatible);
  if (isClean && !edits.changed()) return { kind: 'taken-in', bytes: rewritten, pages: boxes, fields: found, warnings: edits.warnings() };
  const cleaned = rewrite(await loaded(), await written(document));
  if (!cleaned.clean) throw new Refusal('malformed', 'check');
  if (cleaned.bytes.length > maxBytes) throw new Refusal('too-large');
  const after = await readPages(cleaned.bytes, { drawing: false });
  refuseFaulty(after, compatible);
  // What was laid over a page is its last text now, and tags may be gone.
  const bare = (text: string): string => (asked.length > 0 ? withoutTags(text) : text);
  const page = before.findIndex(({ text, view }, i) => !bare(after[i]?.text ?? '').startsWith(bare(text)) || view !== after[i]?.view);
  if (page >= 0 || after.length !== boxes.length) throw new Refusal('differs', 'text', page + 1);
  return { kind: 'taken-in', bytes: cleaned.bytes, pages: boxes, fields: found, warnings: edits.warnings() };
}

/** What pdf.js leaves out, others may show; not operators that nobody knows, where they may stand. */
function refuseFaulty(readings: readonly PageReading[], compatible: ReadonlySet<number>): void {
  const page = readings.findIndex(({ faulty }, i) => faulty && !compatible.has(i + 1));
  if (page >= 0) throw new Refusal('differs', 'operator', page + 1);
}

async function taggedPages(
  document: PDFDocument,
  bytes: Uint8Array,
  readings: readonly PageReading[],
  boxes: readonly PageBox[],
): Promise<TaggedPage[]> {
  const pages = readings.flatMap(({ text }, i) => (mayHoldTags(text) ? [i + 1] : []));
  if (pages.length === 0) return [];
  const drawings = await readDrawings(bytes, pages);
  return [...drawings].map(([page, drawing]) => ({
    page,
    drawing,
    leaf: document.getPage(page - 1).node,
    box: boxes[page - 1] as PageBox,
  }));
}

function assertSame(before: readonly PageReading[], after: readonly PageReading[], pages: number): void {
  if (before.length !== pages || after.length !== pages) throw new Refusal('differs', 'Count');
  for (const key of ['text', 'drawing', 'view'] as const) {
    const page = after.findIndex((reading, i) => reading[key] !== before[i]?.[key]);
    if (page >= 0) throw new Refusal('differs', key, page + 1);
  }
}

/** pdf-lib knows a catalog by its Type alone; readers do without it. */
async function openPdf(bytes: Uint8Array): Promise<PDFDocument> {
  const options = { updateMetadata: false, throwOnInvalidObject: true, parseSpeed: Number.POSITIVE_INFINITY };
  const document = await PDFDocument.load(bytes, options);
  const { context } = document;
  const { Root } = context.trailerInfo;
  const catalog = context.lookup(Root);
  if (catalog instanceof PDFCatalog || !(catalog instanceof PDFDict) || !(Root instanceof PDFRef)) return document;
  const named = PDFCatalog.fromMapWithContext(new Map(catalog.entries()), context);
  context.assign(Root, named);
  return Object.assign(document, { catalog: named });
}

async function compare({ source, result }: Extract<Question, { kind: 'compare' }>): Promise<Answer> {
  const before = await readPages(source, { drawing: false });
  const after = await readPages(result, { drawing: false });
  const page = before.findIndex(({ text }, index) => !after[index]?.text.startsWith(text));
  return { kind: 'compared', fault: page < 0 ? undefined : `page ${page + 1} of ${before.length}` };
}

/** Whatever a library throws over a hostile file means that it cannot be read; its message may quote the document, so it stays here. */
function refusalOf(error: unknown): Answer {
  if (error instanceof Refusal) return { kind: 'refused', code: error.code, found: error.found, page: error.page };
  if (error instanceof EncryptedPDFError) return { kind: 'refused', code: 'encrypted', found: 'Encrypt', page: undefined };
  if (error instanceof RangeError && /memory|allocation|call stack/i.test(error.message))
    return { kind: 'refused', code: 'too-slow', found: 'RangeError', page: undefined };
  return { kind: 'refused', code: 'malformed', found: error instanceof Error ? error.name : undefined, page: undefined };
}

const tell = (answer: Answer): void => void process.send?.(answer);
/** Answers one question; the process is good for no other. */
export const answer = (question: Question): Promise<Answer> =>
  (question.kind === 'take-in' ? takeIn(question) : compare(question)).catch(refusalOf);

/** Answers without qpdf, whose module no snapshot can hold: for what V8 compiles meanwhile, see intake.packed.ts. */
export async function rehearse(question: TakeIn): Promise<Answer> {
  prepareQpdf();
  let written: Uint8Array = new Uint8Array();
  const FS = {
    writeFile(_: string, bytes: Uint8Array) {
      written = bytes;
    },
    readFile: () => written,
    unlink() {},
  };
  qpdfLoaded = Promise.resolve({ callMain: () => 0, FS });
  const answered = await answer(question);
  qpdfLoaded = undefined;
  return answered;
}

/** Takes the one question from the server, which ends this process when it has the answer. */
export function listen(): void {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (question: Question) => void answer(question).then(tell));
  void loaded().then(() => tell({ kind: 'ready' }));
}
if (process.send) listen();
