import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Judges, signedParts } from '../platform/world/judges.ts';
import type { Tool } from '../tools.ts';

/**
 * Strangers check a seal by the authority's certificates, as `/authority.pem` gives them. A seal of the build before is good for the purpose of
 * signing documents alone, which OpenSSL has to be told.
 */
export function assertSealedBy(judge: Judges, bytes: Uint8Array, authority: string, build: 'before' | 'now'): void {
  const path = judge.keep('judged.pdf', bytes);
  const said = judge.pdfsig('-nocert', path);
  for (const words of [/ETSI\.CAdES\.detached/, /Total document signed/, /Signature is Valid\./]) assert.match(said, words);
  judge.qpdf('--check', path);
  const { content, signature } = signedParts(bytes);
  const signed = ['-in', judge.keep('cms.der', signature), '-content', judge.keep('content', content)];
  const trusted = ['-CAfile', judge.keep('authority.pem', Buffer.from(authority)), ...(build === 'before' ? ['-purpose', 'any'] : [])];
  judge.openssl('cms', '-verify', '-cades', '-inform', 'DER', '-binary', ...signed, ...trusted, '-out', '/dev/null');
}

/** The first pages of both files look the same to two readers, at 60 dpi, and read the same. */
export function assertSamePages(judge: Judges & { readonly pdftoppm: Tool }, one: Uint8Array, other: Uint8Array, pages: number): void {
  const [first, second] = [one, other].map((bytes, i) => judge.keep(`pages-${i}.pdf`, bytes)) as [string, string];
  const text = (file: string) => judge.pdftotext('-layout', '-f', '1', '-l', String(pages), file, '-');
  assert.equal(text(second), text(first));
  for (const draw of [byPoppler, byMupdf]) {
    const [expected, seen] = [first, second].map((file) => draw(judge, file, pages)) as [Buffer[], Buffer[]];
    assert.equal(expected.length, pages);
    for (const [i, picture] of expected.entries()) {
      assert.equal(seen[i]?.length, picture.length);
      const off = picture.reduce((count, byte, at) => count + Number(Math.abs(byte - (seen[i]?.[at] ?? 0)) > 48), 0);
      assert.ok(off <= 3 * tolerated, `page ${i + 1} differs in ${off / 3} pixels (${draw.name})`);
    }
  }
}

/** Pixels at the edges of lines that may fall otherwise when a page is written anew. */
const tolerated = 4;

const byPoppler = (judge: { readonly folder: string; readonly pdftoppm: Tool }, file: string, pages: number): Buffer[] =>
  drawn(judge.folder, (folder) => judge.pdftoppm('-r', '60', '-f', '1', '-l', String(pages), file, join(folder, 'page')));

const byMupdf = (judge: Judges, file: string, pages: number): Buffer[] =>
  drawn(judge.folder, (folder) => judge.mutool('draw', '-q', '-r', '60', '-o', join(folder, 'page-%04d.ppm'), file, `1-${pages}`));

function drawn(within: string, draw: (folder: string) => void): Buffer[] {
  const folder = mkdtempSync(join(within, 'drawn-'));
  draw(folder);
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));
}
