import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import type { Page } from 'playwright-core';
import { compare, type Row } from './world/harness.ts';
import { PaperStage } from './world/paper-stage.ts';

const pdfjs = fileURLToPath(new URL('../../node_modules/pdfjs-dist/', import.meta.url));

/** What pdf.js's own viewer needs of the page; ours runs under the strict policy that the element promises. */
const openPolicy = { 'default-src': "'self' blob: data: 'unsafe-inline'", 'worker-src': "'self' blob:", 'require-trusted-types-for': '' };

/** From nothing fetched to the first page of a hundred drawn, in a page that was never visited, beside pdf.js's own viewer. */
export async function paper(): Promise<Row[]> {
  const stage = new PaperStage();
  await stage.open();
  try {
    stage.files.set('hundred.pdf', await hundredPages());
    for (const name of ['build/pdf.min.mjs', 'build/pdf.worker.min.mjs', 'web/pdf_viewer.mjs', 'web/pdf_viewer.css'])
      stage.files.set(name.replace(/^.*\//, ''), await readFile(pdfjs + name));
    const measured = (prepare: () => Promise<Page>, show: (page: Page) => Promise<number>) => async () => {
      const page = await prepare();
      const took = await show(page);
      await page.context().close();
      return took;
    };
    const ours = measured(() => stage.page(), firstOfPaper);
    const theirs = measured(() => stage.page({ policy: openPolicy }), firstOfViewer);
    // The first visit of all starts more of the browser than a document.
    await ours();
    await theirs();
    return await compare({
      what: 'First page of 100 drawn',
      unit: 'ms',
      rounds: 9,
      ours,
      yardsticks: [{ name: 'PDFViewer of pdfjs-dist', measure: theirs, target: { atMost: 1.5 } }],
    });
  } finally {
    await stage.close();
  }
}

const firstOfPaper = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const from = performance.now();
    await window.desks.open('hundred.pdf');
    const [root] = window.desks.roots;
    while (!window.desks.drawn(0, 0))
      await new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          observer.disconnect();
          resolve();
        }).observe(root as Node, { childList: true, subtree: true });
      });
    return performance.now() - from;
  });

const firstOfViewer = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const styles = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/paper/files/pdf_viewer.css' });
    await new Promise((resolve) => {
      styles.addEventListener('load', resolve);
      document.head.append(styles);
    });
    const container = document.createElement('div');
    container.style.cssText = 'position:absolute;width:800px;height:600px;overflow:auto';
    const viewer = document.createElement('div');
    viewer.className = 'pdfViewer';
    container.append(viewer);
    document.body.append(container);
    const from = performance.now();
    const library = await import(new URL('/paper/files/pdf.min.mjs', location.href).href);
    const { EventBus, PDFViewer, PDFLinkService } = await import(new URL('/paper/files/pdf_viewer.mjs', location.href).href);
    library.GlobalWorkerOptions.workerSrc = '/paper/files/pdf.worker.min.mjs';
    const eventBus = new EventBus();
    const linkService = new PDFLinkService({ eventBus });
    const shown = new PDFViewer({ container, viewer, eventBus, linkService });
    linkService.setViewer(shown);
    const first = new Promise<void>((resolve) => {
      eventBus.on('pagerendered', ({ pageNumber }: { pageNumber: number }) => pageNumber === 1 && resolve());
    });
    shown.setDocument(await library.getDocument({ url: '/paper/files/hundred.pdf' }).promise);
    await first;
    return performance.now() - from;
  });

async function hundredPages(): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (let number = 1; number <= 100; number++) {
    const page = pdf.addPage([595, 842]);
    for (let line = 0; line < 45; line++)
      page.drawText(`${number}.${line} The lessee keeps the vehicle in good order and returns it as it was received.`, {
        x: 60,
        y: 780 - 16 * line,
        size: 11,
        font,
      });
  }
  return pdf.save();
}
