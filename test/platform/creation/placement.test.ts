import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type PDFDict, PDFDocument, PDFName, type PDFRef } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { createEmbedder } from '../../../server/platform/documents/fonts/embed.ts';
import { createCanvas } from '../../../server/platform/documents/pages/canvas.ts';
import { boxOf, lay } from '../../../server/platform/documents/pages/page.ts';
import { createStructure } from '../../../server/platform/documents/pages/structure.ts';
import { written } from '../../../server/platform/documents/pdf/save.ts';
import { displayed, inPoints, type PageBox, type Place, pageBoxOf, toUserSpace } from '../../../shared/signing/geometry.ts';
import { openBrowser } from '../../browser.ts';
import { tool } from '../../tools.ts';

/** Pixels per point at 144 per inch. */
const scale = 2;
const turns = [0, 90, 180, 270, -90, -180, 360, 450];
const boxes: readonly { name: string; mediaBox: number[]; cropBox?: number[] }[] = [
  { name: 'offset', mediaBox: [100, 50, 300, 190] },
  { name: 'reversed corners', mediaBox: [300, 190, 100, 50] },
  { name: 'crop inside media', mediaBox: [0, 0, 300, 240], cropBox: [40, 30, 240, 170] },
  { name: 'crop partly outside media', mediaBox: [0, 0, 240, 170], cropBox: [400, 400, 40, 30] },
  { name: 'negative origin, fractions', mediaBox: [-120.25, -90.5, 80.5, 50.25] },
  { name: 'tiny', mediaBox: [10, 10, 60, 45] },
];
/** What a page may leave behind: states that are never closed, closed too often, and a matrix of its own. */
const contents = [
  '0.5 0 0 0.5 7 9 cm q q',
  'Q Q 3 0 0 3 40 0 cm',
  '2 0 0 -2 0 9 cm (Q) Tj % Q',
  'Q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q 3 0 0 3 1 1 cm q',
];
const place: Place = { x: 0.21, y: 0.32, width: 0.27, height: 0.18 };

interface Case {
  readonly name: string;
  readonly userUnit: number;
  readonly page: PageBox;
}

interface Wanted {
  readonly mediaBox: number[];
  readonly cropBox?: number[];
  readonly rotate: number;
  readonly userUnit: number;
  readonly inherited: boolean;
}

const wanted: readonly (Wanted & { name: string })[] = turns.flatMap((rotate) =>
  boxes.flatMap((box) =>
    [false, true].flatMap((inherited) =>
      [1, 2.5].map((userUnit) => ({
        ...box,
        rotate,
        inherited,
        userUnit,
        name: `${box.name}, /Rotate ${rotate}${inherited ? ' inherited' : ''}, unit ${userUnit}`,
      })),
    ),
  ),
);

/** One document with a page per case, and a red rectangle laid over each at the same place. */
async function matrix(): Promise<{ bytes: Uint8Array; cases: Case[] }> {
  const document = await PDFDocument.load(await pagesOf(wanted));
  const embedder = createEmbedder(document.context);
  const structure = createStructure(document);
  const cases = document.getPages().map((leaf, i): Case => {
    const page = boxOf(leaf.node);
    const canvas = createCanvas(embedder);
    const { left, bottom, width, height } = inPoints(page, place);
    canvas.box(left, bottom, width, height, '#ff0000');
    lay({ embedder, structure, name: 'Mark' }, leaf, page, [{ canvas }]);
    const { name = '', userUnit = 1 } = wanted[i] ?? {};
    return { name, userUnit, page };
  });
  return { bytes: await written(document), cases };
}

/** A document with these pages, each below a node of the page tree from which it may inherit. */
async function pagesOf(pages: readonly Wanted[]): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const { context, catalog } = document;
  const root = catalog.get(PDFName.of('Pages')) as PDFRef;
  const nodes = pages.map(({ mediaBox, cropBox, rotate, userUnit, inherited }, i) => {
    const placed = { MediaBox: mediaBox, ...(cropBox ? { CropBox: cropBox } : {}), Rotate: rotate };
    const node = context.nextRef();
    const leaf = context.obj({
      Type: 'Page',
      Parent: node,
      ...(inherited ? {} : placed),
      ...(userUnit === 1 ? {} : { UserUnit: userUnit }),
      Contents: context.register(context.stream(contents[i % contents.length] ?? '')),
    });
    context.assign(
      node,
      context.obj({ Type: 'Pages', Parent: root, Kids: [context.register(leaf)], Count: 1, ...(inherited ? placed : {}) }),
    );
    return node;
  });
  const tree = context.lookup(root) as PDFDict;
  tree.set(PDFName.of('Kids'), context.obj(nodes));
  tree.set(PDFName.of('Count'), context.obj(nodes.length));
  return written(document);
}

/** The edges of what is red, in pixels from the top left: a pixel counts from half red on. */
type Edges = readonly [left: number, top: number, right: number, bottom: number];

function assertPlaced(reader: string, { name, page }: Case, edges: Edges): void {
  const size = displayed(page);
  const expected = [
    place.x * size.width,
    place.y * size.height,
    (place.x + place.width) * size.width,
    (place.y + place.height) * size.height,
  ];
  for (const [i, at] of expected.entries()) {
    const found = (edges[i] ?? Number.NaN) / scale;
    assert.ok(Math.abs(found - at) < 0.5, `${reader}, ${name}: edge ${i} at ${found} pt, not at ${at}`);
  }
}

/** Edges in a binary PPM (P6) of 8 bits a channel. */
function edgesIn(path: string): Edges {
  const file = readFileSync(path);
  const [head = '', width = '', height = ''] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(file.toString('latin1', 0, 40)) ?? [];
  return edgesOf(file.subarray(head.length), Number(width), Number(height), 3);
}

function edgesOf(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number, channels: number): Edges {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      if ((pixels[at] ?? 0) < 128 || (pixels[at + 1] ?? 255) >= 128) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  return [left, top, right, bottom];
}

const { bytes, cases } = await matrix();
const folder = mkdtempSync(join(tmpdir(), 'inlay-place-'));
const path = join(folder, 'matrix.pdf');
writeFileSync(path, bytes);
test.after(() => rmSync(folder, { recursive: true }));
/** The pictures of one reader, in the order of the pages. */
const pictures = (prefix: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => join(folder, name));

test('a mark lies where the signer saw it, as poppler draws it, however the page is turned and cut', (t) => {
  const pdftoppm = tool(t, 'pdftoppm', 'poppler-utils');
  if (!pdftoppm) return;
  pdftoppm('-q', '-r', String(72 * scale), '-cropbox', path, join(folder, 'poppler'));
  const found = pictures('poppler');
  assert.equal(found.length, cases.length);
  // Poppler takes every unit for 1/72 inch; the other two know better.
  for (const [i, picture] of found.entries()) if (cases[i]?.userUnit === 1) assertPlaced('pdftoppm', cases[i], edgesIn(picture));
});

test('a mark lies there as mupdf draws it, larger units included', (t) => {
  const mutool = tool(t, 'mutool', 'mupdf-tools');
  if (!mutool) return;
  mutool('draw', '-q', '-r', String(72 * scale), '-o', join(folder, 'mupdf%04d.ppm'), path);
  const found = pictures('mupdf');
  assert.equal(found.length, cases.length);
  for (const [i, picture] of found.entries()) assertPlaced('mutool', cases[i] as Case, edgesIn(picture));
});

test('a mark lies there as pdf.js draws it in a browser, larger units included', async (t) => {
  const { resolve } = createRequire(import.meta.url);
  const files: Record<string, [type: string, bytes: Uint8Array]> = {
    '/': ['text/html', Buffer.from('<!doctype html><title>Pages</title>')],
    '/pdf.mjs': ['text/javascript', readFileSync(resolve('pdfjs-dist/build/pdf.mjs'))],
    '/pdf.worker.mjs': ['text/javascript', readFileSync(resolve('pdfjs-dist/build/pdf.worker.mjs'))],
    '/matrix.pdf': ['application/pdf', bytes],
  };
  const server = createServer(({ url = '' }, response) => {
    const [type, body] = files[url] ?? [];
    response.writeHead(body ? 200 : 404, { 'content-type': type ?? 'text/plain' }).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    server.close();
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const found = (await page.evaluate(`(async () => {
    const edgesOf = ${edgesOf.toString()};
    const pdfjs = await import('/pdf.mjs');
    pdfjs.GlobalWorkerOptions.workerSrc = '/pdf.worker.mjs';
    const pdf = await pdfjs.getDocument({ url: '/matrix.pdf' }).promise;
    const found = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      const viewport = page.getViewport({ scale: ${scale} });
      const canvas = document.createElement('canvas');
      canvas.width = Math.ceil(viewport.width);
      canvas.height = Math.ceil(viewport.height);
      await page.render({ canvas, viewport }).promise;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      found.push(edgesOf(data, canvas.width, canvas.height, 4));
    }
    return found;
  })()`)) as Edges[];
  assert.equal(found.length, cases.length);
  for (const [i, edges] of found.entries()) assertPlaced('pdf.js', cases[i] as Case, edges);
});

test('the displayed page is mapped onto the box exactly, upright as it is seen', () => {
  const side = fc.double({ min: 1, max: 14_400, noNaN: true });
  const corner = fc.double({ min: -14_400, max: 14_400, noNaN: true });
  const pages = fc.record({
    x: corner,
    y: corner,
    width: side,
    height: side,
    quarters: fc.integer({ min: -8, max: 8 }),
    userUnit: fc.double({ min: 0.01, max: 100, noNaN: true }),
    flipped: fc.boolean(),
  });
  fc.assert(
    fc.property(pages, ({ x, y, width, height, quarters, userUnit, flipped }) => {
      const mediaBox = flipped ? [x + width, y + height, x, y] : [x, y, x + width, y + height];
      const page = pageBoxOf({ mediaBox, rotate: quarters * 90, userUnit });
      const [a, b, c, d, e, f] = toUserSpace(page);
      const at = (px: number, py: number): [number, number] => [a * px + c * py + e, b * px + d * py + f];
      const size = displayed(page);
      const seen = [at(0, 0), at(size.width, 0), at(size.width, size.height), at(0, size.height)];
      const [x0, y0, x1, y1] = page.box;
      // Clockwise turns: what is at the bottom left on screen was further along the box's edge by as many corners.
      const around = [
        [x0, y0],
        [x1, y0],
        [x1, y1],
        [x0, y1],
      ];
      const turn = page.rotate / 90;
      for (const [i, spot] of seen.entries()) {
        const expected = around[(i + turn) % 4] ?? [];
        for (const [axis, value] of spot.entries()) assert.ok(Math.abs(value - (expected[axis] ?? Number.NaN)) < 1e-6);
      }
      assert.ok(Math.abs(a * d - b * c - 1 / userUnit ** 2) < 1e-6 / userUnit ** 2);
    }),
  );
});
