import { PDFDocument } from '@cantoo/pdf-lib';
import type { CopyJob, CustodyJob, Facts, SealJob } from '../domain/documents.ts';
import { attach, canonicalJson } from './attach.ts';
import { addCompletionPages } from './completion.ts';
import { asCopy } from './copy.ts';
import { custodyRecord } from './custody.ts';
import { createEmbedder } from './embed.ts';
import type { SealIdentity } from './identity.ts';
import { sealed } from './seal.ts';
import { addSignaturePages, type SignaturePageJob, type SignaturePages } from './signature-page.ts';
import { stamp } from './stamp.ts';

/** What a worker thread is asked for, and what it answers. */
export interface Work {
  seal: { asked: SealJob & Signing; answer: Uint8Array };
  copy: { asked: CopyJob & Signing; answer: Uint8Array };
  custody: { asked: CustodyJob & Signing; answer: Uint8Array };
  signaturePages: { asked: SignaturePageJob; answer: SignaturePages };
}
export type WorkKind = keyof Work;

/** `at`: milliseconds, the signature's claimed time. */
interface Signing {
  readonly identity: SealIdentity;
  readonly at: number;
}

export const works: { [K in WorkKind]: (asked: Work[K]['asked']) => Promise<Work[K]['answer']> } = {
  async seal({ source, pages, marks, facts, reason, identity, at }) {
    const document = await opened(source);
    const embedder = createEmbedder(document.context);
    stamp(document, embedder, pages, marks);
    if (facts) {
      addCompletionPages(document, embedder, pages, facts);
      attachFacts(document, facts, at);
    }
    embedder.finish();
    return sealed(document, { identity, reason, at });
  },
  async copy({ sealed: source, watermark, reason, identity, at }) {
    const document = await opened(source);
    const embedder = createEmbedder(document.context);
    asCopy(document, embedder, watermark);
    embedder.finish();
    return sealed(document, { identity, reason, at });
  },
  custody: async ({ facts, reason, identity, at }) => sealed(await custodyRecord(facts), { identity, reason, at }),
  async signaturePages(job) {
    const document = await opened(job.source);
    return addSignaturePages(document, job);
  },
};

const opened = (bytes: Uint8Array): Promise<PDFDocument> =>
  PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true, parseSpeed: Number.POSITIVE_INFINITY });

function attachFacts(document: PDFDocument, facts: Facts, at: number): void {
  const bytes = Buffer.from(canonicalJson(facts));
  attach(document, { name: 'facts.json', type: 'application/json', description: 'How this document was signed', bytes, at });
}
