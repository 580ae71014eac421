import * as assert from '../../elements/assert.ts';
import { countWorkers, drag, setDots, test, until } from '../../elements/page.ts';
import { canvasOf, colourAt, type DeskPage, drawn, inkOf, openDesks, sheetOf, textOf } from './paper-desk.ts';

const spanOf = (page: DeskPage): DOMRect => sheetOf(page)?.querySelector('.textLayer span')?.getBoundingClientRect() as DOMRect;
const picturesOf = ({ desks }: DeskPage): number => desks.roots[0]?.querySelectorAll('canvas').length ?? 0;

test('nothing of pdf.js is fetched until a document is opened', async () => {
  const page = await openDesks();
  const fetched = () => page.fetched().map((url) => new URL(url).pathname);
  await page.settled();
  assert.ok(fetched().includes('/chunks/paper.js'), String(fetched()));
  assert.deepEqual(
    fetched().filter((path) => path.includes('pdf')),
    [],
  );
  await page.desks.open('one.pdf');
  assert.ok(fetched().some((path) => /^\/chunks\/pdfjs-/.test(path)));
  assert.ok(fetched().some((path) => /^\/pdfjs\/[\d.]+\/worker\.js$/.test(path)));
});

test('under the strictest policy a page of another origin shows a document, its text is real and can be selected, and closing leaves nothing', async () => {
  const page = await openDesks();
  const { desks, document } = page;
  await desks.open('forty.pdf');
  assert.equal(await textOf(page), 'Page 1 of the agreement');
  const ink = inkOf(page);
  assert.ok(ink.left > 0.09 && ink.left < 0.12 && ink.top > 0.13 && ink.bottom < 0.18, JSON.stringify(ink));

  const { left, right, top, bottom } = spanOf(page);
  await drag([left + 1, (top + bottom) / 2], [right - 1, (top + bottom) / 2]);
  assert.match(String(document.getSelection()), /age 1 of the agreemen/);

  const strangers = () => desks.strangers.map((each) => `${each.localName} ${each.isConnected}`).sort();
  assert.deepEqual(strangers(), ['canvas true', 'div false']);
  assert.ok(document.fonts.size > 0);
  await desks.papers[0]?.close();
  assert.deepEqual(strangers(), ['canvas false', 'div false']);
  assert.equal(desks.roots[0]?.querySelectorAll('canvas, .textLayer').length, 0);
  assert.equal(document.fonts.size + document.adoptedStyleSheets.length, 0);
  while ((await countWorkers()) > 0);
  assert.deepEqual(desks.violations, []);
});

test('the fonts it gives to the page have names that no other pdf.js in the page uses', async () => {
  const page = await openDesks();
  await page.desks.open('one.pdf');
  await textOf(page);
  const names = [...page.document.fonts].map(({ family }) => family);
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name) => /^"?g_d\d/.test(name)),
    [],
  );
});

test('scrolling through draws what is near, keeps at most six pictures, and tells the page that fills most', async () => {
  const page = await openDesks();
  const { desks } = page;
  await desks.open('forty.pdf');
  await drawn(page, 1);
  for (const number of [3, 6, 9, 12, 15, 39]) {
    sheetOf(page, number)?.scrollIntoView({ block: 'end' });
    await drawn(page, number);
    assert.equal(await textOf(page, number), `Page ${number + 1} of the agreement`);
    await until(() => desks.told[0]?.current.at(-1) === number);
    const kept = picturesOf(page);
    assert.ok(kept >= 1 && kept <= 6, `${kept} pictures`);
  }
  assert.equal(desks.drawn(0, 0), false);
});

test('a page counts as seen once, after it was drawn and mostly visible for a while; one that flew past does not', async () => {
  const page = await openDesks();
  const { desks } = page;
  await desks.open('forty.pdf');
  const seen = (number: number) => until(() => desks.told[0]?.seen.includes(number));
  await seen(0);
  const [desk] = desks.desks;
  for (let top = 0; top < 30_000; top += 1500) {
    desk?.scrollTo({ top });
    await new Promise(page.window.requestAnimationFrame);
  }
  desk?.scrollTo({ top: desk.scrollHeight });
  await seen(39);
  desk?.scrollTo({ top: 0 });
  await until(() => desks.told[0]?.current.at(-1) === 0);
  assert.deepEqual(desks.told[0]?.seen, [0, 39]);
});

test('a page larger than the desk counts as seen when it fills most of the desk', async () => {
  const { desks } = await openDesks();
  await desks.open('forty.pdf', { scale: 3 });
  await until(() => desks.told[0]?.seen.includes(0));
});

test('zooming keeps the old picture until the new one is as fine as the screen, up to what a canvas can hold', async () => {
  await setDots(2);
  const page = await openDesks();
  const { desks } = page;
  await desks.open('one.pdf');
  await textOf(page);
  const width = () => canvasOf(page)?.width;
  const wide = (pixels: number) => until(() => width() === pixels);
  await wide(1190);
  desks.zoom(0, 2);
  assert.equal(canvasOf(page)?.getBoundingClientRect().width, 1190);
  await wide(2380);
  desks.zoom(0, 0.5);
  await wide(595);
  desks.zoom(0, 6);
  await until(() => (width() ?? 0) > 2500);
  const pixels = (width() ?? 0) * (canvasOf(page)?.height ?? 0);
  assert.ok(pixels > 16_000_000 && pixels <= 16_777_216 + 5000, `${pixels} pixels`);
  assert.ok(width());
});

for (const rotate of [0, 90, 180, 270])
  test(`on a page turned by ${rotate} degrees the text lies over its ink, zoomed or not`, async () => {
    const page = await openDesks({ dir: 'rtl' });
    await page.desks.open(`turned-${rotate}.pdf`, { scale: 0.7 });
    await textOf(page);
    page.desks.zoom(0, 1.3);
    const ink = inkOf(page);
    const sheet = sheetOf(page)?.getBoundingClientRect() as DOMRect;
    const span = spanOf(page);
    const text = {
      left: (span.left - sheet.left) / sheet.width,
      right: (span.right - sheet.left) / sheet.width,
      top: (span.top - sheet.top) / sheet.height,
      bottom: (span.bottom - sheet.top) / sheet.height,
    };
    const off = (side: keyof typeof ink) => Math.abs(ink[side] - text[side]);
    // Letters do not fill their line; 0.012 of a page is a quarter of its height.
    for (const side of ['left', 'right', 'top', 'bottom'] as const)
      assert.ok(off(side) < 0.012, `${side}: ${JSON.stringify({ ink, text })}`);
  });

test('two documents are open on one page, and closing one leaves the other at work', async () => {
  const page = await openDesks();
  const { desks } = page;
  await desks.open('forty.pdf', { height: 300 });
  await desks.open('forty.pdf', { height: 300 });
  await textOf(page, 0, 0);
  await textOf(page, 0, 1);
  await desks.papers[0]?.close();
  desks.desks[1]?.scrollTo({ top: 20_000 });
  await until(() => (desks.told[1]?.current.at(-1) ?? 0) > 20);
  const current = desks.told[1]?.current.at(-1) ?? 0;
  assert.equal(await textOf(page, current, 1), `Page ${current + 1} of the agreement`);
  await desks.papers[1]?.close();
  assert.deepEqual(desks.strangers.filter((each) => each.isConnected).length, 0);
  assert.deepEqual(desks.violations, []);
});

test('two copies of the script in one page each make their worker', async () => {
  const { desks } = await openDesks();
  for (const copy of ['first', 'second']) assert.equal(await desks.openWithCopy(copy, 'one.pdf'), 1);
  assert.deepEqual(desks.violations, []);
});

test('scans in JBIG2 and JPEG 2000 are drawn, and Japanese text without a font in the file is read', async () => {
  const colours = {
    'picture-jbig2.pdf': [
      [255, 255, 255],
      [0, 0, 0],
    ],
    'picture-jpeg2000.pdf': [
      [255, 0, 0],
      [0, 0, 255],
    ],
  };
  for (const [name, [left = [], right = []]] of Object.entries(colours)) {
    const page = await openDesks();
    await page.desks.open(name);
    await drawn(page, 0);
    for (const [x, wanted] of [
      [0.2, left],
      [0.8, right],
    ] as const) {
      const found = colourAt(page, x, 0.5);
      assert.ok(
        found.every((value, i) => Math.abs(value - (wanted[i] ?? 0)) < 8),
        `${name} at ${x}: ${found}`,
      );
    }
    assert.deepEqual(page.desks.violations, []);
    page.frame.remove();
  }
  const page = await openDesks();
  await page.desks.open('text-japanese.pdf');
  assert.equal(await textOf(page), '契約書');
  assert.equal(page.desks.roots[0]?.querySelector<HTMLElement>('.textLayer')?.lang, 'ja');
  assert.deepEqual(page.desks.violations, []);
});

test('links are dead and forms are part of the picture', async () => {
  const page = await openDesks();
  await page.desks.open('interactive.pdf');
  await drawn(page, 0);
  const ink = inkOf(page);
  assert.ok(ink.top > 0.59 && ink.bottom < 0.65, JSON.stringify(ink));
  assert.equal(page.desks.roots[0]?.querySelectorAll('a, input, section').length, 0);
});

test('the picture is hidden from screen readers and the paper is never mirrored', async () => {
  const page = await openDesks({ dir: 'rtl' });
  await page.desks.open('one.pdf');
  await textOf(page);
  assert.equal(canvasOf(page)?.ariaHidden, 'true');
  assert.equal(sheetOf(page)?.dir, 'ltr');
  assert.ok(inkOf(page).left < 0.12);
});

test('small pictures of pages are drawn as fine as the screen, also before the document is shown', async () => {
  await setDots(2);
  const { desks, document } = await openDesks();
  await desks.open('forty.pdf', { show: false });
  const canvas = document.createElement('canvas');
  await desks.papers[0]?.thumb(39, canvas, 64);
  const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height);
  assert.deepEqual({ width: canvas.width, dark: data.some((value, i) => i % 4 === 0 && value < 160) }, { width: 128, dark: true });
});
