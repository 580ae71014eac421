import { createHash } from 'node:crypto';
import { Failure } from '../../../shared/problem.ts';
import { envelopeLimits } from '../../../shared/vendors/loyva.ts';
import type { IntakeOptions, TakenIn } from '../domain/documents.ts';
import type { Question } from './intake.child.ts';
import { type ChildLimits, type Ended, type LimitedChild, startLimitedChild } from './limited-child.ts';
import { type RefusalCode, refusals } from './refusals.ts';

/** Takes PDFs in, and compares a sealed one with its source; each in a process of its own. */
export interface Intake {
  takeIn(upload: Uint8Array, options?: IntakeOptions): Promise<TakenIn>;
  /** Error, a fault of ours, unless every page of the result begins with the text of the source's page. */
  assertSameText(source: Uint8Array, result: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface IntakeLimits extends Partial<ChildLimits> {
  /** Children at work at once. */
  readonly children?: number;
  /** Files that may wait for a child; one more is turned away. */
  readonly waiting?: number;
}

const maxUpload = envelopeLimits.bytes;
/** Without object streams a file can grow; what grows more than this was made to. */
const maxRewritten = 2 * maxUpload;
const maxPages = envelopeLimits.pages;
/** Readers look for the header in the first 1024 bytes (ISO 32000-1, implementation note 13 of the PDF Reference 1.7, appendix H). */
const headerWithin = 1024;

export function createIntake({ heapMb = 384, memoryMb = 768, timeMs = 20_000, children = 2, waiting = 32 }: IntakeLimits = {}): Intake {
  const limits = { heapMb, memoryMb, timeMs };
  const atWork = new Set<LimitedChild>();
  const queue: (() => void)[] = [];
  let running = 0;
  let closed = false;
  let spare: LimitedChild | undefined;

  /** One child is kept started, since loading the libraries takes longer than a file does. */
  function prepare(): void {
    if (spare || closed) return;
    const next = startLimitedChild(limits);
    spare = next;
    void next.gone.then(() => {
      if (spare === next) spare = undefined;
    });
  }

  function nextChild(): LimitedChild {
    const child = spare ?? startLimitedChild(limits);
    spare = undefined;
    return child;
  }

  async function ask(question: Question) {
    if (closed) throw new Error('The intake is closed.');
    if (running >= children) {
      if (queue.length >= waiting) throw new Failure('vendor-unavailable', 'Many documents are being read just now.', { retryAfter: 30 });
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running += 1;
    try {
      if (closed) throw new Error('The intake is closed.');
      const child = nextChild();
      atWork.add(child);
      return await child.ask(question).finally(() => atWork.delete(child));
    } finally {
      // The place goes to the one who waits, so that nobody takes it in between.
      const next = queue.shift();
      if (next) next();
      else running -= 1;
      // Not while a file is read: it would take the processor from it.
      prepare();
    }
  }

  return {
    async takeIn(upload, { signed = 'refused', pointer = '/document' } = {}) {
      const refused = (code: RefusalCode, found?: string, cause?: Ended) => refusal(pointer, code, found, cause);
      if (upload.length > maxUpload) throw refused('too-large');
      if (!Buffer.from(upload.buffer, upload.byteOffset, Math.min(upload.length, headerWithin)).includes('%PDF-'))
        throw refused('not-a-pdf');
      const answer = await ask({ kind: 'take-in', upload, signed, maxPages, maxBytes: maxRewritten });
      if (answer.kind === 'taken-in') {
        const bytes = new Uint8Array(answer.bytes);
        return { bytes, sha256: sha256(bytes), uploadSha256: sha256(upload), pages: answer.pages };
      }
      if (answer.kind === 'refused') throw refused(answer.code, answer.found);
      if (answer.kind !== 'ended' || answer.why === 'failed') throw new Error(`The intake could not read: ${faultOf(answer)}`);
      // One that died ran out of heap, or was killed for its processor time.
      throw refused('too-slow', answer.why, answer);
    },

    async assertSameText(source, result) {
      const answer = await ask({ kind: 'compare', source, result });
      if (answer.kind !== 'compared' || answer.fault !== undefined) throw new Error(`The text is not the source's: ${faultOf(answer)}`);
    },

    async close() {
      closed = true;
      const all = [...atWork, ...(spare ? [spare] : [])];
      for (const child of all) child.kill();
      for (const next of queue.splice(0)) next();
      await Promise.all(all.map((child) => child.gone));
    },
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function refusal(pointer: string, code: RefusalCode, found?: string, cause?: Ended): Failure {
  const params = found === undefined ? {} : { params: { found } };
  return new Failure('document-refused', refusals[code], {
    cause,
    errors: [{ pointer, code, message: refusals[code], ...params }],
  });
}

const faultOf = (answer: { kind: string; fault?: string | undefined; code?: string; why?: string; detail?: string }): string =>
  [answer.kind, answer.fault, answer.code, answer.why, answer.detail].filter((word) => word !== undefined).join(', ');
