import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../../start-gateway.ts';
import { inOlderBrowser } from '../world/older.ts';
import { heading, WidgetStage } from '../world/stage.ts';
import { agree, alone, button, dialogGone, marker, open, padOf, SigningStage, signature, typeSignature } from './signing-stage.ts';

const widget = new WidgetStage();
const stage = new SigningStage(widget);
const closed = async (id: string) => assert.equal(await eventually(async () => (await stage.status(id)) === 'completed', 60_000), true);

test('a script in the page can neither sign nor decline', async () => {
  const id = await stage.send(signature);
  await open(widget, stage, id, async ({ page }) => {
    await agree(page);
    await typeSignature(page);
    await page.getByText('Everything is filled in').waitFor();
    const pressed = (name: string) =>
      page.evaluate((text) => {
        const root = document.querySelector('inlay-widget')?.shadowRoot;
        [...(root?.querySelectorAll('button') ?? [])].find((each) => each.textContent?.includes(text))?.click();
      }, name);
    await pressed('Finish and sign');
    await page.getByText('Press the button yourself: a script cannot sign for you.').waitFor();
    await button(page, /^More/).click();
    await button(page, 'Decline to sign').click();
    await page.getByLabel('Your reason').fill('I did not say so');
    const root = () =>
      page.evaluate(() => {
        const dialog = document.querySelector('inlay-widget')?.shadowRoot?.querySelector('dialog');
        dialog?.querySelector('form')?.requestSubmit();
        dialog?.querySelector<HTMLButtonElement>('.button-primary')?.click();
      });
    await root();
    await page.locator('dialog').waitFor();
    assert.equal(await stage.status(id), 'viewed');
    const codes = await page.evaluate(async (server) => {
      const { InlayClient } = await import(`${server}/inlay.js`);
      const calls = await new InlayClient({ server, fetchToken: async () => (await fetch('/token')).text() }).ceremony();
      const code = (act: Promise<unknown>) => act.then(() => 'done').catch((error: { code: string }) => error.code);
      const view = await calls.state();
      const request = { document_sha256: view.document.sha256, revision: view.revision, date: view.today };
      return [await code(calls.finish(new MouseEvent('click'), request)), await code(calls.decline(new MouseEvent('click'), 'No'))];
    }, widget.gateway.url);
    assert.deepEqual(codes, ['untrusted-event', 'untrusted-event']);
    assert.equal(await stage.status(id), 'viewed');
  });
});

test('after an answer that was lost the view reads the truth before it says anything', async () => {
  const id = await stage.send(signature);
  await open(widget, stage, id, async ({ page }) => {
    await agree(page);
    await typeSignature(page);
    await page.route('**/ceremony/finish', (route) => route.abort());
    await button(page, 'Finish and sign').click();
    await heading(page, 'It was not signed').waitFor();
    assert.equal(await stage.status(id), 'viewed');
    await page.unroute('**/ceremony/finish');
    const keys: (string | undefined)[] = [];
    await page.route('**/ceremony/finish', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      await route.fetch();
      await route.abort();
    });
    await button(page, 'Finish and sign').click();
    await heading(page, /^(Sealing the document|Signed and sealed)$/).waitFor();
    assert.equal(await heading(page, 'It was not signed').count(), 0);
    assert.equal(keys.length, 1);
    await closed(id);
  });
});

test('answers are saved as they are made, and are there after a reload', async () => {
  const id = await stage.send(alone);
  await open(widget, stage, id, async ({ page }) => {
    await agree(page);
    await typeSignature(page);
    await marker(page, 'text').click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Directrice générale');
    await button(page, 'Use this').click();
    await dialogGone(page);
    await marker(page, 'checkbox').click();
    await page.getByText(/^Saved .*\d/).waitFor();
    await page.reload();
    await page.locator('.textLayer span').first().waitFor({ state: 'attached' });
    await page.getByText('Directrice générale').first().waitFor();
    assert.equal(await page.locator('.marker[data-field=done]').count(), 5, 'signature, name, title, box and date');
    await page.getByText('4 of 5 done').waitFor();
  });
});

test('the page is told, once: ready, declined, complete; and the sealed file can be taken along', async () => {
  const id = await stage.send(signature);
  const heard = (page: Page) => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  const prepare = (page: Page) =>
    page.addInitScript(() => {
      const told: string[] = [];
      Object.assign(window, { heard: told });
      for (const type of ['inlay-ready', 'inlay-complete', 'inlay-declined', 'inlay-error'])
        document.addEventListener(type, (event) => {
          const { run_id, envelope_id, already } = event as Event & { run_id?: string; envelope_id?: string; already?: boolean };
          told.push([type, run_id ?? envelope_id, already].filter((part) => part !== undefined).join(' '));
        });
    });
  await open(
    widget,
    stage,
    id,
    async ({ page }) => {
      await agree(page);
      await typeSignature(page);
      await button(page, 'Finish and sign').click();
      await heading(page, 'Signed and sealed').waitFor();
      assert.deepEqual(await heard(page), ['inlay-ready', `inlay-complete ${id} false`]);
      const [download, served] = await Promise.all([
        page.waitForEvent('download'),
        page.waitForResponse(/ceremony\/document$/),
        button(page, 'Download the sealed document').click(),
      ]);
      const file = await readFile(await download.path());
      assert.ok(file.subarray(0, 5).equals(Buffer.from('%PDF-')) && file.includes('ETSI.CAdES.detached'));
      assert.equal(served.headers().etag, `"${createHash('sha256').update(file).digest('hex')}"`);
    },
    undefined,
    prepare,
  );
  const other = await stage.send(signature);
  await open(
    widget,
    stage,
    other,
    async ({ page }) => {
      await button(page, 'I’d rather sign on paper').click();
      assert.equal(await page.getByLabel('Your reason').inputValue(), 'I would rather sign on paper.');
      await page.locator('dialog').getByRole('button', { name: 'Decline to sign' }).click();
      await heading(page, 'You declined to sign').waitFor();
      assert.deepEqual(await heard(page), ['inlay-ready', `inlay-declined ${other}`]);
      assert.equal(await stage.status(other), 'declined');
    },
    undefined,
    prepare,
  );
});

test('in a browser as old as any we serve the document is drawn, signed by hand or by typing, and sealed', async () => {
  const id = await stage.send(alone);
  const sign = async (page: Page) => {
    await agree(page);
    await marker(page, 'signature').click();
    const pad = await padOf(page);
    assert.ok(pad);
    await page.mouse.move(pad.x + 30, pad.y + 60);
    await page.mouse.down();
    await page.mouse.move(pad.x + 160, pad.y + 30, { steps: 8 });
    await page.mouse.up();
    await button(page, 'Use this signature').click();
    await dialogGone(page);
    await marker(page, 'initials').click();
    await page.getByRole('tab', { name: 'Type' }).click();
    await button(page, 'Use these initials').click();
    await dialogGone(page);
    await marker(page, 'text').click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Managing director');
    await button(page, 'Use this').click();
    await button(page, 'Finish and sign').click();
    await heading(page, 'Signed and sealed').waitFor();
  };
  await open(widget, stage, id, ({ page }) => sign(page), undefined, inOlderBrowser);
  await closed(id);
});

test('the element goes on when it is moved in the page, opens its document again when it comes back, and needs no worker', async () => {
  const id = await stage.send(signature);
  await open(
    widget,
    stage,
    id,
    async ({ page }) => {
      await agree(page);
      await typeSignature(page);
      const workers: unknown[] = page.workers();
      assert.deepEqual(workers, []);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.evaluate(() => {
        const tag = document.querySelector('inlay-widget');
        const { body } = document;
        if (tag) body.append(tag);
      });
      await button(page, 'Finish and sign').waitFor();
      await page.evaluate(() => {
        const tag = document.querySelector('inlay-widget');
        tag?.remove();
        Object.assign(window, { tag });
      });
      await page.waitForFunction(() => document.querySelector('body > canvas, body > div.textLayer, body > div:not(:has(*))') === null);
      await page.evaluate(() => document.body.append((window as unknown as { tag: Element }).tag));
      await page.locator('.textLayer span').first().waitFor({ state: 'attached' });
      assert.deepEqual(
        asked.filter((url) => url.endsWith('/document')),
        [],
        'the bytes were kept',
      );
      await button(page, 'Finish and sign').click();
      await heading(page, /^(Sealing the document|Signed and sealed)$/).waitFor();
    },
    undefined,
    undefined,
    { attributes: 'worker="none"' },
  );
});

test('a script of the document that does not load is said, and fetched again on request', async () => {
  const id = await stage.send(signature);
  await open(
    widget,
    stage,
    id,
    async ({ page }) => {
      await page.getByRole('checkbox').check();
      await button(page, /^Agree/).click();
      await page.getByText('A part of this page did not load.').waitFor();
      await page.unroute(/\/chunks\/pdfjs/);
      await button(page, 'Try again').click();
      await page.locator('.textLayer span').first().waitFor({ state: 'attached' });
    },
    undefined,
    (page) => page.route(/\/chunks\/pdfjs/, (route) => route.abort()),
  );
});

test('a mail’s link opens the same view on the platform’s own page, and keeps its token to itself', async () => {
  const id = await stage.send(signature);
  const link = await stage.link(id);
  const { origin, hash } = new URL(link);
  await widget.scene({}, async ({ context }) => {
    const page = await context.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => {
      if (/^policy:/.test(message.text())) complaints.push(message.text());
    });
    await page.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
      ),
    );
    await page.goto(link);
    await agree(page);
    assert.equal(await page.title(), 'Sign Equipment lease agreement');
    await typeSignature(page);
    await page.reload();
    await button(page, 'Finish and sign').click();
    await heading(page, /^(Sealing the document|Signed and sealed)$/).waitFor();
    await closed(id);
    const token = hash.slice(1);
    const markup = await page.evaluate(() => document.documentElement.outerHTML + document.querySelector('#sign')?.shadowRoot?.innerHTML);
    assert.ok(!markup.includes(token) && asked.every((url) => !url.replace(link, '').includes(token)));
    assert.deepEqual(complaints, []);
    await page.goto('about:blank');
    await page.goto(`${origin}/sign#${'x'.repeat(43)}`);
    await heading(page, 'This link is no longer good').waitFor();
    await page.goto('about:blank');
    await page.goto(`${origin}/sign#half-a-link`);
    await heading(page, 'This link is not complete').waitFor();
  });
});
