import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { SealIdentity } from '../../../server/platform/documents/seal/authority.ts';
import type { TakenIn } from '../../../server/platform/domain/files/documents.ts';
import { type Tool, tool } from '../../tools.ts';

/** Strangers' programs that judge a sealed file, and a folder for what they read. */
export interface Judges {
  readonly folder: string;
  keep(name: string, bytes: Uint8Array): string;
  readonly pdfsig: Tool;
  readonly qpdf: Tool;
  readonly openssl: Tool;
  readonly mutool: Tool;
  readonly pdftotext: Tool;
  readonly pdfdetach: Tool;
}

/** All of them, or nothing where one is not installed. */
export function judges(test: TestContext): Judges | undefined {
  const pdfsig = tool(test, 'pdfsig', 'poppler-utils');
  const qpdf = pdfsig && tool(test, 'qpdf', 'qpdf');
  const mutool = qpdf && tool(test, 'mutool', 'mupdf-tools');
  const openssl = mutool && tool(test, 'openssl', 'openssl');
  const pdftotext = openssl && tool(test, 'pdftotext', 'poppler-utils');
  const pdfdetach = pdftotext && tool(test, 'pdfdetach', 'poppler-utils');
  if (!pdfsig || !qpdf || !mutool || !openssl || !pdftotext || !pdfdetach) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'inlay-seal-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const keep = (name: string, bytes: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  return { folder, keep, pdfsig, qpdf, openssl, mutool, pdftotext, pdfdetach };
}

/** Every judge says that the file is sealed, whole, by this identity; its certificates are judged `at` this instant, in milliseconds. */
export function assertSealed(judge: Judges, bytes: Uint8Array, { certificates }: SealIdentity, at = Date.now()): void {
  const path = judge.keep('judged.pdf', bytes);
  const said = judge.pdfsig('-nocert', path);
  assert.match(said, /Signature Type: ETSI\.CAdES\.detached/);
  assert.match(said, /Total document signed/);
  assert.match(said, /Signature Validation: Signature is Valid\./);
  assert.equal(said.match(/Signature #/g)?.length, 1);
  assert.match(judge.mutool('sign', '-v', path), /The document is unchanged since signing\./);
  judge.qpdf('--check', path);
  const { content, signature } = signedParts(bytes);
  const authority = judge.keep('ca.pem', Buffer.from(new X509Certificate(Buffer.from(certificates.at(-1) ?? [])).toString()));
  const parts = ['-in', judge.keep('cms.der', signature), '-content', judge.keep('content', content)];
  const whom = ['-CAfile', authority, '-attime', String(Math.floor(at / 1000))];
  judge.openssl('cms', '-verify', '-cades', '-inform', 'DER', '-binary', ...parts, ...whom, '-out', '/dev/null');
}

/** The bytes that are signed, and the signature, cut out by the byte range. */
export function signedParts(bytes: Uint8Array): { content: Buffer; signature: Buffer } {
  const file = Buffer.from(bytes);
  const ranges = [...file.toString('latin1').matchAll(/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/g)].at(-1) ?? [];
  const [, start = 0, end = 0, rest = 0] = [...ranges].slice(1).map(Number);
  assert.equal(end + rest, file.length);
  const padded = Buffer.from(file.toString('latin1', start + 1, end - 1), 'hex');
  return { content: Buffer.concat([file.subarray(0, start), file.subarray(end)]), signature: padded };
}

/** A document of pages with one line each, as intake would have it. */
export async function documentOf(lines: readonly string[], size: [number, number] = [595, 842]): Promise<TakenIn> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (const line of lines) document.addPage(size).drawText(line, { x: 60, y: size[1] - 60, size: 12, font });
  const bytes = await document.save({ useObjectStreams: false });
  const pages = lines.map(() => ({ box: [0, 0, ...size] as const, rotate: 0, userUnit: 1 }) as const);
  return { bytes, sha256: '', uploadSha256: '', pages, fields: [], warnings: [] };
}

/** What pdf.js reads on each page. */
export async function textsByPdfJs(bytes: Uint8Array): Promise<string[]> {
  const task = getDocument({ data: Uint8Array.from(bytes), useWasm: false, verbosity: 0 });
  const document = await task.promise;
  const texts: string[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent();
    texts.push(items.map((item) => ('str' in item ? item.str : '')).join(' '));
  }
  await task.destroy();
  return texts;
}
