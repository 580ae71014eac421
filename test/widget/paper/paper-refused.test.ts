import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../start-gateway.ts';
import { inOlderBrowser } from '../world/older.ts';
import { agreement, fixture } from './paper-files.ts';
import { drawn, PaperStage, type Setting, textOf, violations } from './paper-stage.ts';

const stage = new PaperStage();
before(async () => {
  await stage.open();
  stage.files.set('one.pdf', await agreement(1));
});
after(() => stage.close());

test('without workers from blobs the page says so; with worker="none" it shows the document without a violation', async () => {
  const page = await stage.page({ policy: { 'worker-src': "'none'" } });
  assert.equal(await page.evaluate(() => window.desks.open('one.pdf')), 'blocked');
  const other = await stage.page({ policy: { 'worker-src': "'none'" } });
  const before = await other.evaluate(() => Object.getOwnPropertyNames(window));
  await other.evaluate(() => window.desks.open('one.pdf', { worker: 'none' }));
  assert.equal(await textOf(other), 'Page 1 of the agreement');
  assert.deepEqual(await violations(other), []);
  assert.deepEqual(
    await other.evaluate((before) => Object.getOwnPropertyNames(window).filter((name) => !before.includes(name)), before),
    [],
  );
  await other.evaluate(() => window.desks.papers[0]?.close());
});

test('a page that allows no policy of ours says that it is blocked', async () => {
  const page = await stage.page({ policy: { 'trusted-types': 'lit-html' } });
  assert.equal(await page.evaluate(() => window.desks.open('one.pdf')), 'blocked');
});

test('a file that is no PDF, is empty or cut short is unreadable', async () => {
  stage.files.set('letter.pdf', new TextEncoder().encode('Dear reader'));
  stage.files.set('empty.pdf', new Uint8Array());
  stage.files.set('cut.pdf', (await agreement(3)).slice(0, 120));
  const page = await stage.page();
  for (const file of ['letter.pdf', 'empty.pdf', 'cut.pdf'])
    assert.equal(await page.evaluate((file) => window.desks.open(file), file), 'unreadable', file);
  await eventually(async () => page.workers().length === 0);
});

test('a script of pdf.js that does not come is said, and another try works', async () => {
  for (const missing of ['**/pdfjs/*/worker.js', '**/chunks/pdfjs-*']) {
    const page = await stage.page({ prepare: (page) => page.route(missing, (route) => route.fulfill({ status: 404 })) });
    assert.equal(await page.evaluate(() => window.desks.open('one.pdf')), 'script', missing);
    await page.unroute(missing);
    assert.equal(await page.evaluate(() => window.desks.open('one.pdf')), 0, missing);
  }
});

test('a browser as old as any we serve draws the same pictures, with a worker and without, and a loop over names finds nothing of ours', async () => {
  for (const name of ['text-japanese.pdf', 'picture-jpeg2000.pdf']) stage.files.set(name, await fixture(name));
  const draw = async (file: string, setting: Setting, worker?: 'none') => {
    const page = await stage.page(setting);
    const desk = await page.evaluate(([file, worker]) => window.desks.open(file, worker && { worker }), [file, worker] as const);
    assert.equal(desk, 0, `${file}, worker ${worker}`);
    await drawn(page, 0);
    return { page, picture: await page.evaluate(() => window.desks.roots[0]?.querySelector('canvas')?.toDataURL()) };
  };
  const older: Setting = {
    policy: { 'require-trusted-types-for': '' },
    prepare: async (page) => {
      await inOlderBrowser(page);
      await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'trustedTypes'));
    },
  };
  for (const file of ['one.pdf', 'text-japanese.pdf', 'picture-jpeg2000.pdf']) {
    const today = await draw(file, {});
    assert.ok(today.picture && today.picture.length > 1_000, file);
    for (const worker of [undefined, 'none'] as const) {
      const { page, picture } = await draw(file, older, worker);
      assert.equal(picture, today.picture, `${file}, worker ${worker}`);
      const listed = await page.evaluate(() => {
        const names: string[] = [];
        for (const owner of [new Map(), [].values(), new Response(), new Blob(), URL]) for (const name in owner) names.push(name);
        return names.filter((name) => /getOrInsert|join|bytes|parse/.test(name));
      });
      assert.deepEqual(listed, []);
      await page.context().close();
    }
  }
});
