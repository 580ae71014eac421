import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { file, meant, wordsOf } from '../../fixtures/pdf/generated.ts';
import { tool } from '../../tools.ts';
import { textsByPdfJs } from '../world/judges.ts';

/** `npm run soak` sets more. */
const count = Number(process.env.GENERATED ?? 8);
const seed = Number(process.env.SEED ?? 20_261_129);

const identity = await makeAuthority(Date.now());
const documents = openDocuments({ identity: () => identity });
const folder = mkdtempSync(join(tmpdir(), 'generated-'));
after(async () => {
  await documents.close();
  rmSync(folder, { recursive: true });
});
/** Its letters. Where a word ends each reader guesses from the gaps: of a small line that is slightly turned poppler makes two of one. */
const sorted = (text: string): string => [...text.replace(/\s+/g, '')].sort().join('');

test(`${count} generated documents: each is taken, and three readers of the sealed file say every letter that it shows`, async (context) => {
  const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
  const mutool = pdftotext && tool(context, 'mutool', 'mupdf-tools');
  if (!pdftotext || !mutool) return;
  await fc.assert(
    fc.asyncProperty(meant, async (one) => {
      const { bytes: source, pages } = await documents.of('one').takeIn(file(one));
      const { bytes } = await documents.of('one').seal({ source, pages, marks: [], facts: null, reason: 'Sealed' });
      const path = join(folder, 'sealed.pdf');
      writeFileSync(path, bytes);
      const words = sorted(wordsOf(one).join(''));
      assert.deepEqual(
        {
          pdfjs: sorted((await textsByPdfJs(bytes)).join(' ')),
          poppler: sorted(pdftotext('-q', path, '-')),
          mupdf: sorted(mutool('draw', '-q', '-F', 'text', path)),
        },
        { pdfjs: words, poppler: words, mupdf: words },
      );
    }),
    { numRuns: count, seed },
  );
});
