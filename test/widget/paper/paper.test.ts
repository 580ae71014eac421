import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../start-gateway.ts';
import { agreement, fixture, interactive } from './paper-files.ts';
import { colourAt, drawn, inkOf, PaperStage, textOf, violations } from './paper-stage.ts';

const stage = new PaperStage();
before(async () => {
  await stage.open();
  stage.files.set('one.pdf', await agreement(1));
  stage.files.set('forty.pdf', await agreement(40));
});
after(() => stage.close());

test('nothing of pdf.js is fetched until a document is opened', async () => {
  const fetched: string[] = [];
  const page = await stage.page({
    prepare: async (page) => void page.on('request', (request) => fetched.push(new URL(request.url()).pathname)),
  });
  await page.waitForLoadState('networkidle');
  assert.ok(fetched.includes('/chunks/paper.js'), String(fetched));
  assert.deepEqual(
    fetched.filter((path) => path.includes('pdf')),
    [],
  );
  await page.evaluate(() => window.desks.open('one.pdf'));
  assert.ok(fetched.some((path) => /^\/chunks\/pdfjs-/.test(path)));
  assert.ok(fetched.some((path) => /^\/pdfjs\/[\d.]+\/worker\.js$/.test(path)));
});

test('under the strictest policy a page of another origin shows a document, its text is real and can be selected, and closing leaves nothing', async () => {
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('forty.pdf'));
  assert.equal(await textOf(page), 'Page 1 of the agreement');
  const ink = await inkOf(page);
  assert.ok(ink.left > 0.09 && ink.left < 0.12 && ink.top > 0.13 && ink.bottom < 0.18, JSON.stringify(ink));

  const text = await page.evaluate(() => {
    const span = window.desks.roots[0]?.querySelector('.textLayer span')?.getBoundingClientRect() as DOMRect;
    const { left, right, top, bottom } = span;
    return { left, right, middle: (top + bottom) / 2 };
  });
  await page.mouse.move(text.left + 1, text.middle);
  await page.mouse.down();
  await page.mouse.move(text.right - 1, text.middle, { steps: 5 });
  await page.mouse.up();
  assert.match(await page.evaluate(() => String(document.getSelection())), /age 1 of the agreemen/);

  const strangers = () => page.evaluate(() => window.desks.strangers.map((each) => `${each.localName} ${each.isConnected}`));
  assert.deepEqual((await strangers()).sort(), ['canvas true', 'div false']);
  assert.ok((await page.evaluate(() => document.fonts.size)) > 0);
  await page.evaluate(() => window.desks.papers[0]?.close());
  assert.deepEqual((await strangers()).sort(), ['canvas false', 'div false']);
  assert.equal(await page.evaluate(() => window.desks.roots[0]?.querySelectorAll('canvas, .textLayer').length), 0);
  assert.equal(await page.evaluate(() => document.fonts.size + document.adoptedStyleSheets.length), 0);
  await eventually(async () => page.workers().length === 0);
  assert.deepEqual(await violations(page), []);
});

test('the fonts it gives to the page have names that no other pdf.js in the page uses', async () => {
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('one.pdf'));
  await textOf(page);
  const names = await page.evaluate(() => [...document.fonts].map(({ family }) => family));
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name) => /^"?g_d\d/.test(name)),
    [],
  );
});

test('scrolling through draws what is near, keeps at most six pictures, and tells the page that fills most', async () => {
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('forty.pdf'));
  await drawn(page, 1);
  for (const number of [3, 6, 9, 12, 15, 39]) {
    await page.evaluate((number) => window.desks.roots[0]?.querySelectorAll('.sheet')[number]?.scrollIntoView({ block: 'end' }), number);
    await drawn(page, number);
    assert.equal(await textOf(page, number), `Page ${number + 1} of the agreement`);
    await page.waitForFunction((number) => window.desks.told[0]?.current.at(-1) === number, number);
    const kept = await page.evaluate(() => window.desks.roots[0]?.querySelectorAll('canvas').length ?? 0);
    assert.ok(kept >= 1 && kept <= 6, `${kept} pictures`);
  }
  assert.equal(await page.evaluate(() => window.desks.drawn(0, 0)), false);
});

test('a page counts as seen once, after it was drawn and mostly visible for a while; one that flew past does not', async () => {
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('forty.pdf'));
  const seen = (number: number) => page.waitForFunction((number) => window.desks.told[0]?.seen.includes(number), number);
  await seen(0);
  await page.evaluate(async () => {
    const [desk] = window.desks.desks;
    for (let top = 0; top < 30_000; top += 1500) {
      desk?.scrollTo({ top });
      await new Promise(requestAnimationFrame);
    }
    desk?.scrollTo({ top: desk.scrollHeight });
  });
  await seen(39);
  await page.evaluate(() => window.desks.desks[0]?.scrollTo({ top: 0 }));
  await page.waitForFunction(() => window.desks.told[0]?.current.at(-1) === 0);
  assert.deepEqual(await page.evaluate(() => window.desks.told[0]?.seen), [0, 39]);
});

test('a page larger than the desk counts as seen when it fills most of the desk', async () => {
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('forty.pdf', { scale: 3 }));
  await page.waitForFunction(() => window.desks.told[0]?.seen.includes(0));
});

test('zooming keeps the old picture until the new one is as fine as the screen, up to what a canvas can hold', async () => {
  const page = await stage.page({ dots: 2 });
  await page.evaluate(() => window.desks.open('one.pdf'));
  await textOf(page);
  const width = () => page.evaluate(() => window.desks.roots[0]?.querySelector('canvas')?.width);
  const wide = (pixels: number) =>
    page.waitForFunction((pixels) => window.desks.roots[0]?.querySelector('canvas')?.width === pixels, pixels);
  await wide(1190);
  const shown = await page.evaluate(() => {
    window.desks.zoom(0, 2);
    return window.desks.roots[0]?.querySelector('canvas')?.getBoundingClientRect().width;
  });
  assert.equal(shown, 1190);
  await wide(2380);
  await page.evaluate(() => window.desks.zoom(0, 0.5));
  await wide(595);
  await page.evaluate(() => window.desks.zoom(0, 6));
  await page.waitForFunction(() => (window.desks.roots[0]?.querySelector('canvas')?.width ?? 0) > 2500);
  const pixels = await page.evaluate(() => {
    const canvas = window.desks.roots[0]?.querySelector('canvas');
    return (canvas?.width ?? 0) * (canvas?.height ?? 0);
  });
  assert.ok(pixels > 16_000_000 && pixels <= 16_777_216 + 5000, `${pixels} pixels`);
  assert.ok(await width());
});

for (const rotate of [0, 90, 180, 270])
  test(`on a page turned by ${rotate} degrees the text lies over its ink, zoomed or not`, async () => {
    stage.files.set('turned.pdf', await agreement(1, { rotate }));
    const page = await stage.page({ dir: 'rtl' });
    await page.evaluate(() => window.desks.open('turned.pdf', { scale: 0.7 }));
    await textOf(page);
    await page.evaluate(() => window.desks.zoom(0, 1.3));
    const ink = await inkOf(page);
    const text = await page.evaluate(() => {
      const sheet = window.desks.roots[0]?.querySelector('.sheet')?.getBoundingClientRect() as DOMRect;
      const span = window.desks.roots[0]?.querySelector('.textLayer span')?.getBoundingClientRect() as DOMRect;
      return {
        left: (span.left - sheet.left) / sheet.width,
        right: (span.right - sheet.left) / sheet.width,
        top: (span.top - sheet.top) / sheet.height,
        bottom: (span.bottom - sheet.top) / sheet.height,
      };
    });
    const off = (side: keyof typeof ink) => Math.abs(ink[side] - text[side]);
    // Letters do not fill their line; 0.012 of a page is a quarter of its height.
    for (const side of ['left', 'right', 'top', 'bottom'] as const)
      assert.ok(off(side) < 0.012, `${side}: ${JSON.stringify({ ink, text })}`);
  });

test('two documents are open on one page, and closing one leaves the other at work', async () => {
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('forty.pdf', { height: 300 }));
  await page.evaluate(() => window.desks.open('forty.pdf', { height: 300 }));
  await textOf(page, 0, 0);
  await textOf(page, 0, 1);
  await page.evaluate(() => window.desks.papers[0]?.close());
  await page.evaluate(() => window.desks.desks[1]?.scrollTo({ top: 20_000 }));
  await page.waitForFunction(() => (window.desks.told[1]?.current.at(-1) ?? 0) > 20);
  const current = await page.evaluate(() => window.desks.told[1]?.current.at(-1) ?? 0);
  assert.equal(await textOf(page, current, 1), `Page ${current + 1} of the agreement`);
  await page.evaluate(() => window.desks.papers[1]?.close());
  assert.deepEqual(await page.evaluate(() => window.desks.strangers.filter((each) => each.isConnected).length), 0);
  assert.deepEqual(await violations(page), []);
});

test('two copies of the script in one page each make their worker', async () => {
  const page = await stage.page();
  const copies = await page.evaluate(async (gateway) => {
    const bytes = await fetch('/files/one.pdf').then((answer) => answer.arrayBuffer());
    const lengths: number[] = [];
    for (const copy of ['first', 'second']) {
      const { Paper } = await import(`${gateway}/chunks/paper.js?${copy}`);
      const paper = await Paper.open(new Uint8Array(bytes), { assets: `${gateway}/` });
      lengths.push(paper.pages.length);
    }
    return lengths;
  }, stage.gateway.url);
  assert.deepEqual(copies, [1, 1]);
  assert.deepEqual(await violations(page), []);
});

test('scans in JBIG2 and JPEG 2000 are drawn, and Japanese text without a font in the file is read', async () => {
  for (const name of ['picture-jbig2.pdf', 'picture-jpeg2000.pdf', 'text-japanese.pdf']) stage.files.set(name, await fixture(name));
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
    const page = await stage.page();
    await page.evaluate((name) => window.desks.open(name), name);
    await drawn(page, 0);
    for (const [x, wanted] of [
      [0.2, left],
      [0.8, right],
    ] as const) {
      const found = await colourAt(page, x, 0.5);
      assert.ok(
        found.every((value, i) => Math.abs(value - (wanted[i] ?? 0)) < 8),
        `${name} at ${x}: ${found}`,
      );
    }
    assert.deepEqual(await violations(page), []);
  }
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('text-japanese.pdf'));
  assert.equal(await textOf(page), '契約書');
  assert.equal(await page.evaluate(() => window.desks.roots[0]?.querySelector<HTMLElement>('.textLayer')?.lang), 'ja');
  assert.deepEqual(await violations(page), []);
});

test('links are dead and forms are part of the picture', async () => {
  stage.files.set('interactive.pdf', await interactive());
  const page = await stage.page();
  await page.evaluate(() => window.desks.open('interactive.pdf'));
  await drawn(page, 0);
  const ink = await inkOf(page);
  assert.ok(ink.top > 0.59 && ink.bottom < 0.65, JSON.stringify(ink));
  assert.equal(await page.evaluate(() => window.desks.roots[0]?.querySelectorAll('a, input, section').length), 0);
});

test('the picture is hidden from screen readers and the paper is never mirrored', async () => {
  const page = await stage.page({ dir: 'rtl' });
  await page.evaluate(() => window.desks.open('one.pdf'));
  await textOf(page);
  assert.equal(await page.evaluate(() => window.desks.roots[0]?.querySelector('canvas')?.ariaHidden), 'true');
  assert.equal(await page.evaluate(() => window.desks.roots[0]?.querySelector<HTMLElement>('.sheet')?.dir), 'ltr');
  assert.ok((await inkOf(page)).left < 0.12);
});

test('small pictures of pages are drawn as fine as the screen, also before the document is shown', async () => {
  const page = await stage.page({ dots: 2 });
  await page.evaluate(() => window.desks.open('forty.pdf', { show: false }));
  const size = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    await window.desks.papers[0]?.thumb(39, canvas, 64);
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, dark: data.some((value, i) => i % 4 === 0 && value < 160) };
  });
  assert.deepEqual(size, { width: 128, dark: true });
});
