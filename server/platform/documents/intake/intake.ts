import { Failure } from '../../../../shared/problem.ts';
import { envelopeLimits } from '../../../../shared/vendors/loyva.ts';
import type { IntakeOptions, TakenIn } from '../../domain/files/documents.ts';
import { sha256Of } from '../../domain/records/secrets.ts';
import { type RefusalCode, sentenceOf } from '../pdf/refusals.ts';
import { createQueue } from '../queue.ts';
import type { Question } from './intake.child.ts';
import { type ChildLimits, type Ended, type LimitedChild, startLimitedChild } from './limited-child.ts';
import { keepSpares } from './spares.ts';

/** Takes PDFs in, and compares a sealed one with its source; each in a process of its own. */
export interface Intake {
  takeIn(upload: Uint8Array, options?: IntakeOptions, account?: string): Promise<TakenIn>;
  /** Error, a fault of ours, unless every page of the result begins with the text of the source's page. */
  assertSameText(source: Uint8Array, result: Uint8Array, account?: string): Promise<void>;
  close(): Promise<void>;
}

export interface IntakeLimits extends Partial<ChildLimits> {
  /** Children at work at once; one account has all but one of them at most. */
  readonly children?: number;
  /** Files that may wait to be read; see createQueue for who is turned away. */
  readonly waiting?: number;
}

const maxUpload = envelopeLimits.bytes;
/** Without object streams a file can grow; what grows more than this was made to. */
const maxRewritten = 2 * maxUpload;
const maxPages = envelopeLimits.pages;
/** Readers look for the header in the first 1024 bytes (ISO 32000-1, implementation note 13 of the PDF Reference 1.7, appendix H). */
const headerWithin = 1024;

export function createIntake({ heapMb = 384, memoryMb = 768, timeMs = 20_000, children = 3, waiting = 32 }: IntakeLimits = {}): Intake {
  const limits = { heapMb, memoryMb, timeMs };
  const atWork = new Set<LimitedChild>();
  const queue = createQueue({ places: children, waiting });
  let closed = false;
  const spares = keepSpares(2, () => startLimitedChild(limits));

  async function ask(account: string, question: Question) {
    const giveBack = await queue.enter(account, question.kind === 'compare' ? 'seal' : 'read');
    try {
      if (closed) throw new Error('The intake is closed.');
      const child = spares.take();
      atWork.add(child);
      return await child.ask(question).finally(() => atWork.delete(child));
    } finally {
      giveBack();
    }
  }

  return {
    async takeIn(upload, { signed = 'refused', fields = 'become', pointer = '/document' } = {}, account = '') {
      const refused = (code: RefusalCode, why: Why = {}) => refusal(pointer, code, why);
      if (upload.length > maxUpload) throw refused('too-large');
      if (!Buffer.from(upload.buffer, upload.byteOffset, Math.min(upload.length, headerWithin)).includes('%PDF-'))
        throw refused('not-a-pdf');
      const answer = await ask(account, { kind: 'take-in', upload, signed, fields, maxPages, maxBytes: maxRewritten });
      if (answer.kind === 'taken-in') {
        const bytes = new Uint8Array(answer.bytes);
        const warnings = answer.warnings.map((warning) => ({ ...warning, pointer }));
        return { bytes, sha256: sha256Of(bytes), uploadSha256: sha256Of(upload), pages: answer.pages, fields: answer.fields, warnings };
      }
      if (answer.kind === 'refused') throw refused(answer.code, answer);
      if (answer.kind !== 'ended' || answer.why === 'failed') throw new Error(`The intake could not read: ${faultOf(answer)}`);
      // One that died ran out of heap, or was killed for its processor time.
      throw refused('too-slow', { found: answer.why, cause: answer });
    },

    async assertSameText(source, result, account = '') {
      const answer = await ask(account, { kind: 'compare', source, result });
      if (answer.kind !== 'compared' || answer.fault !== undefined) throw new Error(`The text is not the source's: ${faultOf(answer)}`);
    },

    async close() {
      closed = true;
      for (const child of atWork) child.kill();
      queue.close();
      await Promise.all([spares.close(), ...[...atWork].map(({ gone }) => gone)]);
    },
  };
}

interface Why {
  readonly found?: string | undefined;
  readonly page?: number | undefined;
  readonly cause?: Ended;
}

function refusal(pointer: string, code: RefusalCode, { found, page, cause }: Why): Failure {
  const message = sentenceOf(code, found, page);
  const params = { ...(found !== undefined && { found }), ...(page !== undefined && { page }) };
  const fault = { pointer, code, message, ...(Object.keys(params).length > 0 && { params }) };
  return new Failure('document-refused', message, { cause, errors: [fault] });
}

const faultOf = (answer: { kind: string; fault?: string | undefined; code?: string; why?: string; detail?: string }): string =>
  [answer.kind, answer.fault, answer.code, answer.why, answer.detail].filter((word) => word !== undefined).join(', ');
