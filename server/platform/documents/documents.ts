import { inPoints, type PageBox } from '../../../shared/signing/geometry.ts';
import { unwritten } from '../../../shared/text/written.ts';
import type { AllDocuments, Documents, Finished, Mark } from '../domain/files/documents.ts';
import { sha256Of } from '../domain/records/secrets.ts';
import { createIntake } from './intake/intake.ts';
import { createPool } from './pool.ts';
import type { SealIdentity } from './seal/identity.ts';

/**
 * What the platform does with PDFs: intake in child processes, sealing in `workers` threads (one unless told). `identity` is asked at each
 * seal, since it is renewed while the platform runs.
 */
export function openDocuments({ identity, workers = 1 }: { identity: () => SealIdentity; workers?: number }): AllDocuments {
  const intake = createIntake();
  const pool = createPool(workers);
  // Only what seals: the authority's own key, which an identity of ours brings along, stays on this side.
  const signing = () => {
    const { certificates, privateKey } = identity();
    return { identity: { certificates, privateKey }, at: Date.now() };
  };
  return {
    of: (account): Documents => ({
      takeIn: (upload, options) => intake.takeIn(upload, options, account),
      async addSignaturePage(file, words) {
        const { bytes, pages, fields } = await pool.run('signaturePages', { source: file.bytes, pages: file.pages, ...words }, account);
        return { file: { ...file, ...finished(bytes), pages }, fields };
      },
      missing: unwritten,
      unfit: async (marks, pages) => (marks.every((mark) => isRoomy(mark, pages)) ? [] : pool.run('unfit', { marks, pages }, account)),
      outline: (asked) => pool.run('outline', asked, account),
      async seal(job) {
        const bytes = await pool.run('seal', { ...job, ...signing() }, account);
        await intake.assertSameText(job.source, bytes, account);
        return finished(bytes);
      },
      copy: async (job) => finished(await pool.run('copy', { ...job, ...signing() }, account)),
      custody: async (job) => finished(await pool.run('custody', { ...job, ...signing() }, account)),
    }),
    close: async () => {
      await Promise.all([intake.close(), pool.close()]);
    },
  };
}

/** Does it fit at first sight? No Latin letter is wider than this (ems), with the space at its ends; most answers need no closer look. */
function isRoomy({ value, ...mark }: Mark, pages: readonly PageBox[]): boolean {
  const page = pages[mark.page - 1];
  if (!page || !('text' in value)) return true;
  const { width, height } = inPoints(page, mark);
  return /^[\x20-\x7e\u00a0-\u017f]*$/.test(value.text) && (value.text.length * 1.1 + 0.5) * 6 < width && height > 10;
}

const finished = (bytes: Uint8Array): Finished => ({ bytes, sha256: sha256Of(bytes) });
