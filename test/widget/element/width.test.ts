import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../browser.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { mintedToken } from '../../visitor.ts';
import { type Host, startHost } from '../world/host.ts';

let gateway: StartedGateway;
let host: Host;
let browser: Browser;
before(async () => {
  gateway = await startGateway();
  host = await startHost(gateway.url);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  host?.close();
  await gateway?.close();
});

/** Where a partner may put the tag: the styles of what is around it, and the least that it must get of a window 1,280 px wide. */
const places: Record<string, { around: string; tag?: string; element?: string; least: number }> = {
  'a block': { around: '', least: 1240 },
  'a block, with margins and padding of its own': { around: '', tag: 'margin: 0 24px; padding: 8px', least: 1190 },
  'a centred flex column': { around: 'display: flex; flex-direction: column; align-items: center', least: 1240 },
  'a flex row': { around: 'display: flex; justify-content: center', least: 1240 },
  'a flex row, centred with a greatest width': { around: 'display: flex; justify-content: center', tag: 'max-width: 800px', least: 800 },
  'a grid with place-items: center': { around: 'display: grid; place-items: center', least: 1240 },
  'a grid with place-content: center': { around: 'display: grid; place-content: center', least: 960 },
  'an inline-block': { around: 'display: inline-block', least: 960 },
  'a float': { around: 'float: left', least: 960 },
  'a box of its own layer': { around: 'position: absolute', least: 960 },
  'a table cell': { around: 'display: table-cell', least: 960 },
  'a plain dialog': { around: '', element: 'dialog', least: 900 },
};

/** The tag's left and right edge, and those of what is around it, without its padding. */
async function placed(page: Page, tag: string, place: (typeof places)[string]) {
  return page.evaluate(
    ([tag, { around, tag: own = '', element = 'div' }]) => {
      const box = document.createElement(element);
      box.style.cssText = around;
      const shown = document.createElement(tag);
      shown.style.cssText = own;
      box.append(shown);
      document.querySelector('main')?.replaceChildren(box);
      if (box instanceof HTMLDialogElement) box.showModal();
      const { left, right, width } = shown.getBoundingClientRect();
      const outside = box.getBoundingClientRect();
      return { left, right, width, outside: [outside.left, outside.right] as const };
    },
    [tag, place] as const,
  );
}

for (const tag of ['inlay-widget', 'inlay-onboarding', 'inlay-signing'])
  test(`${tag} has a width wherever it is put, and none wider than its place`, async () => {
    const page = await browser.newPage();
    await page.goto(host.page({}));
    await page.evaluate((tag) => customElements.whenDefined(tag), tag);
    for (const [name, place] of Object.entries(places))
      for (const window of [1280, 320]) {
        await page.setViewportSize({ width: window, height: 700 });
        const { left, right, width, outside } = await placed(page, tag, place);
        assert.ok(width >= (window === 1280 ? place.least : 220), `${name} at ${window} px: ${width}`);
        assert.ok(left >= outside[0] && right <= outside[1] && right <= window, `${name} at ${window} px: ${left} to ${right}`);
      }
    await page.close();
  });

test('in a dialog the form is as wide as the tag, and nothing sticks out of it', async () => {
  const partner = await gateway.partner({ origins: [host.origin] });
  const page = await browser.newPage();
  for (const [width, least] of [
    [1280, 700],
    [320, 200],
  ] as const) {
    await page.setViewportSize({ width, height: 700 });
    await page.goto(host.page({ token: await mintedToken(gateway.url, partner.key) }));
    await page.evaluate(() => {
      const dialog = document.createElement('dialog');
      document.body.append(dialog);
      dialog.append(document.querySelector('inlay-widget') as Element);
      dialog.showModal();
    });
    const form = page.getByRole('heading', { name: 'About your company' });
    await form.waitFor();
    const panel = await page.locator('[part=panel]').evaluate((node) => node.getBoundingClientRect().width);
    assert.ok(panel >= least, `${panel} at ${width}`);
    const over = await page.evaluate(() => {
      const dialog = document.querySelector('dialog') as Element;
      return [dialog.scrollWidth - dialog.clientWidth, document.documentElement.scrollWidth - document.documentElement.clientWidth];
    });
    assert.deepEqual(over, [0, 0]);
  }
  await page.close();
});
