import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../browser.ts';
import type { Tool } from '../../tools.ts';

/** Dots per inch at which pages are compared. They are drawn finer and reduced, so that hinting, which readers do each in its own way, counts little. */
const dpi = 60;
const finer = 3;

/** A drawn page: one byte a pixel, 0 is black. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly gray: Uint8Array;
}

/** What a reader says and draws of a file; words without white space, which readers set as they like. */
export interface Sight {
  readonly words: string;
  readonly pictures: readonly Picture[];
}

declare global {
  interface Window {
    read: typeof readInBrowser;
  }
}

const bare = (text: string): string => text.replace(/\s+/g, '');
const library = fileURLToPath(new URL('../../../node_modules/pdfjs-dist/', import.meta.url));
const types: Record<string, string> = { '.mjs': 'text/javascript', '.html': 'text/html' };

/** pdf.js in a real Chromium, drawing as the signer's view does (`widget/views/signing/paper`). */
export class PdfJsReader {
  #page: Page | undefined;
  #server: Server | undefined;

  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://host').pathname);
      const body = path === '/' ? '<!doctype html><title>Reader</title>' : readFileSync(join(library, path));
      response.setHeader('content-type', types[extname(path) || '.html'] ?? 'application/octet-stream').end(body);
    });
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#page = await (await openBrowser()).newPage();
    await this.#page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    // Kept there: the browser compiles it once, not for each file.
    await this.#page.evaluate(`window.read = ${readInBrowser}`);
  }

  async close(): Promise<void> {
    await this.#page?.context().browser()?.close();
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async read(bytes: Uint8Array): Promise<Sight> {
    if (!this.#page) throw new Error('The reader is not open.');
    const asked = { file: Buffer.from(bytes).toString('base64'), scale: (dpi * finer) / 72, finer };
    const { words, pictures } = await this.#page.evaluate((wanted) => window.read(wanted), asked);
    return {
      words: bare(words),
      pictures: pictures.map(({ gray, ...size }) => ({ ...size, gray: new Uint8Array(Buffer.from(gray, 'base64')) })),
    };
  }
}

/** Runs in the browser: nothing of this module is there. */
async function readInBrowser({ file, scale, finer }: { file: string; scale: number; finer: number }) {
  const at = (path: string): string => new URL(path, location.href).href;
  const { getDocument, PDFWorker } = await import(at('legacy/build/pdf.mjs'));
  // One thread for all files: starting it takes longer than a page.
  const kept = window as { thread?: Worker };
  kept.thread ??= new Worker(at('legacy/build/pdf.worker.mjs'), { type: 'module' });
  const worker = PDFWorker.create({ port: kept.thread });
  const data = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  const folders = { cMapUrl: at('cmaps/'), standardFontDataUrl: at('standard_fonts/'), wasmUrl: at('wasm/') };
  const task = getDocument({ data, worker, useWasm: false, enableXfa: false, useSystemFonts: false, verbosity: 0, ...folders });
  const document_ = await task.promise;
  const pictures: { width: number; height: number; gray: string }[] = [];
  let words = '';
  for (let number = 1; number <= document_.numPages; number += 1) {
    const page = await document_.getPage(number);
    const { items } = await page.getTextContent({ disableNormalization: true });
    words += items.map((item: { str?: string }) => item.str ?? '').join('');
    const viewport = page.getViewport({ scale });
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(viewport.width);
    canvas.height = Math.ceil(viewport.height);
    await page.render({ canvas, viewport, annotationMode: 1 }).promise;
    const pixels =
      canvas.getContext('2d', { willReadFrequently: true })?.getImageData(0, 0, canvas.width, canvas.height).data ??
      new Uint8ClampedArray();
    // As `reduced` does it: what goes to the test is a ninth. In whole numbers, for there are three millions of pixels.
    const [width, height] = [Math.floor(canvas.width / finer), Math.floor(canvas.height / finer)];
    const sums = new Uint32Array(width * height);
    for (let y = 0; y < height * finer; y += 1)
      for (let to = Math.floor(y / finer) * width, end = to + width, from = y * canvas.width * 4; to < end; to += 1)
        for (let part = 0; part < finer; part += 1, from += 4)
          sums[to] =
            (sums[to] as number) + 299 * (pixels[from] as number) + 587 * (pixels[from + 1] as number) + 114 * (pixels[from + 2] as number);
    let gray = '';
    for (const sum of sums) gray += String.fromCharCode(sum / (1_000 * finer ** 2));
    pictures.push({ width, height, gray: btoa(gray) });
  }
  await task.destroy();
  return { words, pictures };
}

/** Where a reader finds the file, may write its pictures, and what unit its pages have: poppler draws all as if it were 1. */
export interface Place {
  readonly path: string;
  readonly folder: string;
  readonly userUnit?: number;
}

/** What poppler says, in the order of the content, and draws of a file. */
export function readByPoppler(pdftotext: Tool, pdftoppm: Tool, { path, folder, userUnit = 1 }: Place): Sight {
  pdftoppm('-q', '-r', String(dpi * finer * userUnit), '-cropbox', '-gray', path, join(folder, 'poppler'));
  return { words: bare(pdftotext('-q', '-raw', path, '-')), pictures: picturesIn(folder, 'poppler') };
}

/** The same of mupdf. */
export function readByMupdf(mutool: Tool, { path, folder }: Place): Sight {
  mutool('draw', '-q', '-r', String(dpi * finer), '-c', 'gray', '-o', join(folder, 'mupdf-%d.pgm'), path);
  return { words: bare(mutool('draw', '-q', '-F', 'text', path)), pictures: picturesIn(folder, 'mupdf') };
}

function picturesIn(folder: string, reader: string): Picture[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${reader}-`));
  names.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const pictures = names.map((name) => reduced(portableGraymap(readFileSync(join(folder, name)))));
  for (const name of names) rmSync(join(folder, name));
  return pictures;
}

function portableGraymap(file: Buffer): Picture {
  const [head = '', width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(file.toString('latin1', 0, 40)) ?? [];
  return { width: Number(width), height: Number(height), gray: new Uint8Array(file.subarray(head.length)) };
}

/** Each pixel is the mean of the finer ones in its place; what is left over at the right and below is dropped. */
function reduced({ width: row, height: rows, gray }: Picture): Picture {
  const [width, height] = [Math.floor(row / finer), Math.floor(rows / finer)];
  const small = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, to += 1) {
      // In one local number: there are three millions of pixels.
      let sum = 0;
      for (let down = 0; down < finer; down += 1)
        for (let from = (y * finer + down) * row + x * finer, end = from + finer; from < end; from += 1) sum += gray[from] as number;
      small[to] = sum / finer ** 2;
    }
  return { width, height, gray: small };
}
