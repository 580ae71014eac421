import * as assert from '../../elements/assert.ts';
import { countWorkers, intercept, test } from '../../elements/page.ts';
import { canvasOf, drawn, openDesks, type Setting, textOf } from './paper-desk.ts';

test('without workers from blobs the page says so; with worker="none" it shows the document without a violation', async () => {
  const page = await openDesks({ policy: { 'worker-src': "'none'" } });
  assert.equal(await page.desks.open('one.pdf'), 'blocked');
  const other = await openDesks({ policy: { 'worker-src': "'none'" } });
  const before = Object.getOwnPropertyNames(other.window);
  await other.desks.open('one.pdf', { worker: 'none' });
  assert.equal(await textOf(other), 'Page 1 of the agreement');
  assert.deepEqual(other.desks.violations, []);
  assert.deepEqual(
    Object.getOwnPropertyNames(other.window).filter((name) => !before.includes(name)),
    [],
  );
  await other.desks.papers[0]?.close();
});

test('a page that allows no policy of ours says that it is blocked', async () => {
  const { desks } = await openDesks({ policy: { 'trusted-types': 'lit-html' } });
  assert.equal(await desks.open('one.pdf'), 'blocked');
});

test('a file that is no PDF, is empty or cut short is unreadable', async () => {
  const { desks } = await openDesks();
  for (const file of ['letter.pdf', 'empty.pdf', 'cut.pdf']) assert.equal(await desks.open(file), 'unreadable', file);
  while ((await countWorkers()) > 0);
});

test('a script of pdf.js that does not come is said, and another try works', async () => {
  for (const missing of ['*/pdfjs/*/worker.js', '*/chunks/pdfjs-*']) {
    const { desks } = await openDesks();
    const end = await intercept(missing, 'missing');
    assert.equal(await desks.open('one.pdf'), 'script', missing);
    await end();
    assert.equal(await desks.open('one.pdf'), 0, missing);
  }
});

test('a browser as old as any we serve draws the same pictures, with a worker and without, and a loop over names finds nothing of ours', async () => {
  const draw = async (file: string, setting: Setting, worker?: 'none') => {
    const page = await openDesks(setting);
    assert.equal(await page.desks.open(file, worker && { worker }), 0, `${file}, worker ${worker}`);
    await drawn(page, 0);
    return { page, picture: canvasOf(page)?.toDataURL() };
  };
  const older: Setting = { policy: { 'require-trusted-types-for': '' }, older: true };
  for (const file of ['one.pdf', 'text-japanese.pdf', 'picture-jpeg2000.pdf']) {
    const today = await draw(file, {});
    assert.ok(today.picture && today.picture.length > 1_000, file);
    today.page.frame.remove();
    for (const worker of [undefined, 'none'] as const) {
      const { page, picture } = await draw(file, older, worker);
      assert.ok(!['requestIdleCallback', 'trustedTypes'].some((name) => Reflect.has(page.window, name)));
      assert.ok(picture === today.picture, `${file}, worker ${worker}`);
      const { window } = page;
      const owners = [new window.Map(), new window.Array().values(), new window.Response(), new window.Blob(), window.URL];
      const names: string[] = [];
      for (const owner of owners) for (const name in owner) names.push(name);
      assert.deepEqual(
        names.filter((name) => /getOrInsert|join|bytes|parse/.test(name)),
        [],
      );
      page.frame.remove();
    }
  }
});
