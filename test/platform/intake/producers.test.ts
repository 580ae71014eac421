import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { openBrowser } from '../../browser.ts';
import { tool } from '../../tools.ts';
import { textsByPdfJs } from '../world/judges.ts';

const identity = await makeAuthority(Date.now());
const documents = openDocuments({ identity: () => identity });
const folder = mkdtempSync(join(tmpdir(), 'producers-'));
after(async () => {
  await documents.close();
  rmSync(folder, { recursive: true });
});

const bare = (text: string): string => text.replace(/\s+/g, '');
const place = (name: string): string => join(folder, name);
function written(name: string, text: string): string {
  writeFileSync(place(name), text);
  return place(name);
}

/** The file is taken, and three readers of the sealed one say the same, these words among it. */
async function assertTaken(context: TestContext, upload: Uint8Array, words: readonly string[]): Promise<void> {
  const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
  const mutool = pdftotext && tool(context, 'mutool', 'mupdf-tools');
  if (!pdftotext || !mutool) return;
  const { bytes: source, pages } = await documents.of('one').takeIn(upload);
  const { bytes } = await documents.of('one').seal({ source, pages, marks: [], facts: null, reason: 'Sealed' });
  const path = place('sealed.pdf');
  writeFileSync(path, bytes);
  const said = bare((await textsByPdfJs(bytes)).join(''));
  for (const word of words) assert.ok(said.includes(bare(word)), `${word} is not in ${said}`);
  // In the order of the content: poppler takes words that lie on their own shadow for one.
  assert.deepEqual(
    { poppler: bare(pdftotext('-q', '-raw', path, '-')), mupdf: bare(mutool('draw', '-q', '-F', 'text', path)) },
    { poppler: said, mupdf: said },
  );
}

const offer = '<h1>The offer</h1><p>A hundred a month, <a href="https://example.com/">as agreed</a>.</p>';
const printed: Readonly<Record<string, { readonly html: string; readonly tagged: boolean; readonly words: readonly string[] }>> = {
  'a tagged page': { html: `${offer}<table><tr><th>Sum</th><td>100</td></tr></table>`, tagged: true, words: ['The offer', 'Sum'] },
  'an untagged page': { html: offer, tagged: false, words: ['The offer', 'as agreed'] },
  'a shadow': { html: `<div style="box-shadow:4px 4px 12px #888;padding:20px">${offer}</div>`, tagged: true, words: ['The offer'] },
  'a shadow of words': { html: `<div style="text-shadow:2px 2px 3px #888">${offer}</div>`, tagged: false, words: ['The offer'] },
  'half seen words': { html: `<div style="opacity:0.4">${offer}</div>`, tagged: true, words: ['The offer'] },
  'a blend and a gradient': {
    html: `<div style="background:linear-gradient(#fff,#ccd);mix-blend-mode:multiply">${offer}</div>`,
    tagged: true,
    words: ['The offer'],
  },
  'a form': {
    html: `${offer}<form><input value="Ada"><input type="checkbox" checked><input type="radio" checked><select><option>Monthly</select>
      <textarea>Two\nlines</textarea><button>Send</button></form>`,
    tagged: true,
    words: ['The offer', 'Ada', 'Monthly'],
  },
};

test('what Chromium prints is taken and read alike', async (context) => {
  const browser = await openBrowser();
  context.after(() => browser.close());
  const page = await browser.newPage();
  for (const [name, { html, tagged, words }] of Object.entries(printed))
    await context.test(name, async (inner) => {
      await page.setContent(`<!doctype html><html lang="en"><title>Offer</title>${html}`);
      await assertTaken(inner, await page.pdf({ tagged, outline: tagged, printBackground: true }), words);
    });
});

test('what LibreOffice exports is taken and read alike', async (context) => {
  const soffice = tool(context, 'soffice', 'libreoffice-writer-nogui');
  if (!soffice) return;
  const names = ['office', 'text'].map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`).join(' ');
  const body = '<text:h text:outline-level="1">The offer</text:h><text:p>A hundred a month, as agreed.</text:p>';
  const kind = 'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"';
  const source = written(
    'office.fodt',
    `<office:document ${names} ${kind}><office:body><office:text>${body}</office:text></office:body></office:document>`,
  );
  // Settings of its own, which it makes at its first start.
  const profile = pathToFileURL(place('profile')).href;
  soffice(`-env:UserInstallation=${profile}`, '--headless', '--convert-to', 'pdf:writer_pdf_Export', '--outdir', folder, source);
  await assertTaken(context, readFileSync(place('office.pdf')), ['The offer', 'as agreed']);
});

test('what cairo draws is taken and read alike', async (context) => {
  const convert = tool(context, 'rsvg-convert', 'librsvg2-bin');
  if (!convert) return;
  const words =
    '<text x="30" y="60" font-family="sans-serif" font-size="20">The offer</text><circle cx="90" cy="120" r="30" fill="#8c8" opacity="0.6"/>';
  const source = written('cairo.svg', `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">${words}</svg>`);
  convert('-f', 'pdf', '-o', place('cairo.pdf'), source);
  await assertTaken(context, readFileSync(place('cairo.pdf')), ['The offer']);
});

test('what Ghostscript distils is taken and read alike', async (context) => {
  const ghostscript = tool(context, 'gs', 'ghostscript');
  if (!ghostscript) return;
  const source = written(
    'distilled.ps',
    '%!PS\n/Helvetica findfont 20 scalefont setfont 72 700 moveto (The offer) show\n0.5 setgray 72 600 90 30 rectfill showpage\n',
  );
  ghostscript('-q', '-dSAFER', '-dBATCH', '-dNOPAUSE', '-sDEVICE=pdfwrite', `-sOutputFile=${place('distilled.pdf')}`, source);
  await assertTaken(context, readFileSync(place('distilled.pdf')), ['The offer']);
});

test('what pdfTeX sets is taken and read alike', async (context) => {
  const pdftex = tool(context, 'pdftex', 'texlive-base');
  if (!pdftex) return;
  const source = written('offer.tex', '\\nopagenumbers\\centerline{\\bf The offer}\\medskip A hundred a month: $100\\cdot x$ \\bye\n');
  pdftex('-interaction=batchmode', `-output-directory=${folder}`, source);
  await assertTaken(context, readFileSync(place('offer.pdf')), ['The offer']);
});
