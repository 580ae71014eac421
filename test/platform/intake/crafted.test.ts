import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { readPages } from '../../../server/platform/documents/intake/reading.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import type { TakenIn } from '../../../server/platform/domain/files/documents.ts';
import { Failure } from '../../../shared/problem.ts';
import { crafted } from '../../fixtures/pdf/crafted.ts';
import { tool } from '../../tools.ts';

const identity = await makeAuthority(Date.now());
const documents = openDocuments({ identity: () => identity });
const folder = mkdtempSync(join(tmpdir(), 'crafted-'));
after(async () => {
  await documents.close();
  rmSync(folder, { recursive: true });
});

const bare = (text: string): string => text.replace(/\s+/g, '');
const signersText = async (bytes: Uint8Array): Promise<string> =>
  (await readPages(bytes, { drawing: false })).map(({ text }) => text).join('');

for (const [name, make] of Object.entries(crafted))
  test(`${name}: refused, or every reader says of the sealed file what the signer's says of the upload`, async (context) => {
    const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
    const mutool = tool(context, 'mutool', 'mupdf-tools');
    if (!pdftotext || !mutool) return;
    const upload = make();
    const taken = await documents
      .of('one')
      .takeIn(upload)
      .catch((error: unknown) => error);
    if (taken instanceof Failure) {
      assert.equal(taken.code, 'document-refused');
      assert.match(taken.detail ?? '', /upload that\.$/);
      context.diagnostic(`refused: ${taken.errors?.[0]?.code}`);
      return;
    }
    assert.ok(
      !(taken instanceof Error) && taken !== null && typeof taken === 'object' && 'bytes' in taken && taken.bytes instanceof Uint8Array,
    );
    const { bytes: source, pages } = taken as TakenIn;
    const sealed = await documents.of('one').seal({ source, pages, marks: [], facts: null, reason: 'Sealed' });
    const path = join(folder, 'sealed.pdf');
    writeFileSync(path, sealed.bytes);
    const seen = await signersText(upload);
    assert.deepEqual(
      {
        taken: await signersText(source),
        pdfjs: await signersText(sealed.bytes),
        poppler: bare(pdftotext(path, '-')),
        mupdf: bare(mutool('draw', '-q', '-F', 'text', path)),
      },
      { taken: seen, pdfjs: seen, poppler: seen, mupdf: seen },
    );
    context.diagnostic(`taken in: ${seen}`);
  });
