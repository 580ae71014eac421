import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../start-gateway.ts';
import { agreement } from './paper-files.ts';
import { PaperStage, textOf, violations } from './paper-stage.ts';

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

test('a browser without the newest parts of the language shows the document all the same', async () => {
  const page = await stage.page({
    prepare: (page) =>
      page.addInitScript(() => {
        Reflect.deleteProperty(Map.prototype, 'getOrInsertComputed');
        Reflect.deleteProperty(WeakMap.prototype, 'getOrInsertComputed');
        Reflect.deleteProperty(Promise, 'try');
      }),
  });
  assert.equal(await page.evaluate(() => 'try' in Promise || 'getOrInsertComputed' in Map.prototype), false);
  await page.evaluate(() => window.desks.open('one.pdf'));
  assert.equal(await textOf(page), 'Page 1 of the agreement');
  const listed = await page.evaluate(() => {
    const names: string[] = [];
    for (const name in new Map()) names.push(name);
    for (const name in [].values()) names.push(name);
    return names;
  });
  assert.deepEqual(listed, []);
});
