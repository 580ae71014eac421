import { createHash } from 'node:crypto';
import type { Documents, Finished } from '../domain/documents.ts';
import type { SealIdentity } from './authority.ts';
import { missingIn } from './fonts.ts';
import { createIntake } from './intake.ts';
import { createPool } from './pool.ts';

/** What the platform does with PDFs: intake in child processes, sealing in `workers` threads (one unless told). */
export function openDocuments({ identity, workers = 1 }: { identity: SealIdentity; workers?: number }): Documents {
  const intake = createIntake();
  const pool = createPool(workers);
  return {
    takeIn: intake.takeIn,
    async addSignaturePage(file, { title, signers }) {
      const { bytes, pages, fields } = await pool.run('signaturePages', { source: file.bytes, pages: file.pages, title, signers });
      const { uploadSha256 } = file;
      return { file: { ...finished(bytes), uploadSha256, pages }, fields };
    },
    missing: missingIn,
    async seal(job) {
      const bytes = await pool.run('seal', { ...job, identity, at: Date.now() });
      await intake.assertSameText(job.source, bytes);
      return finished(bytes);
    },
    copy: async (job) => finished(await pool.run('copy', { ...job, identity, at: Date.now() })),
    custody: async (job) => finished(await pool.run('custody', { ...job, identity, at: Date.now() })),
    close: async () => {
      await Promise.all([intake.close(), pool.close()]);
    },
  };
}

const finished = (bytes: Uint8Array): Finished => ({ bytes, sha256: createHash('sha256').update(bytes).digest('hex') });
