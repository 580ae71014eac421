import { PDFDocument } from '@cantoo/pdf-lib';
import type { CopyJob, CustodyJob, Facts, SealJob } from '../../domain/files/documents.ts';
import { createEmbedder } from '../fonts/embed.ts';
import { ready } from '../fonts/fonts.ts';
import { outlineOf } from '../fonts/outline.ts';
import { unfit } from '../fonts/writing.ts';
import { addSignaturePages, type SignaturePageJob, type SignaturePages } from '../pages/signature-page.ts';
import { createStructure } from '../pages/structure.ts';
import { dropLostObjects } from '../pdf/lost-objects.ts';
import { attach, canonicalJson } from './attach.ts';
import { addCompletionPages } from './completion.ts';
import { asCopy } from './copy.ts';
import { custodyRecord } from './custody.ts';
import type { SealIdentity } from './identity.ts';
import { sealed } from './seal.ts';
import { stamp } from './stamp.ts';

/** What a worker thread is asked for, and what it answers. */
export interface Work {
  seal: { asked: SealJob & Signing; answer: Uint8Array };
  copy: { asked: CopyJob & Signing; answer: Uint8Array };
  custody: { asked: CustodyJob & Signing; answer: Uint8Array };
  signaturePages: { asked: SignaturePageJob; answer: SignaturePages };
  outline: { asked: { text: string; lang?: string | undefined }; answer: { width: number; path: string } };
  unfit: { asked: Pick<SealJob, 'marks' | 'pages'>; answer: number[] };
}
export type WorkKind = keyof Work;

/** `at`: milliseconds, the signature's claimed time. */
interface Signing {
  readonly identity: SealIdentity;
  readonly at: number;
}

export const works: { [K in WorkKind]: (asked: Work[K]['asked']) => Promise<Work[K]['answer']> } = {
  async seal({ source, pages, marks, facts, reason, identity, at }) {
    await ready(textsIn({ marks, facts }));
    const document = await opened(source);
    dropLostObjects(document);
    const embedder = createEmbedder(document.context);
    const structure = createStructure(document);
    stamp({ document, embedder, structure }, pages, marks);
    if (facts) {
      addCompletionPages({ document, embedder, structure }, pages, facts);
      attachFacts(document, facts, at);
    }
    embedder.finish();
    structure.finish();
    return sealed(document, { identity, reason, at });
  },
  async copy({ sealed: source, watermark, reason, identity, at }) {
    await ready([watermark]);
    const document = await opened(source);
    const embedder = createEmbedder(document.context);
    asCopy(document, embedder, watermark);
    embedder.finish();
    return sealed(document, { identity, reason, at });
  },
  async custody({ facts, reason, identity, at }) {
    await ready(textsIn(facts));
    return sealed(await custodyRecord(facts), { identity, reason, at });
  },
  async signaturePages(job) {
    await ready([job.title, ...textsIn(job.signers)]);
    const document = await opened(job.source);
    return addSignaturePages(document, job);
  },
  async outline(asked) {
    await ready([asked.text]);
    return outlineOf({ kind: 'typed', ...asked });
  },
  async unfit({ marks, pages }) {
    await ready(textsIn(marks));
    return unfit(marks, pages);
  },
};

/** Every text that may be drawn. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value) && typeof value[0] !== 'number') for (const part of value) yield* textsIn(part);
  else if (value && typeof value === 'object' && !Array.isArray(value)) for (const part of Object.values(value)) yield* textsIn(part);
}

const opened = (bytes: Uint8Array): Promise<PDFDocument> =>
  PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true, parseSpeed: Number.POSITIVE_INFINITY });

function attachFacts(document: PDFDocument, facts: Facts, at: number): void {
  const bytes = Buffer.from(canonicalJson(facts));
  attach(document, { name: 'facts.json', type: 'application/json', description: 'How this document was signed', bytes, at });
}
