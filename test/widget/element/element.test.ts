import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { assetsFolder } from '../../../server/parts.ts';
import type { InlayWidget } from '../../../widget/inlay-widget.ts';
import { openBrowser } from '../../browser.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, createVisitor, mintedToken } from '../../visitor.ts';
import { type Host, type Placement, startHost } from '../world/host.ts';

let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
let host: Host;
let browser: Browser;

before(async () => {
  platform = await startPlatform({ now: Date.now() });
  gateway = await startGateway({ vendorUrl: platform.url });
  host = await startHost(gateway.url);
  partner = await gateway.partner({
    origins: [host.origin],
    vendorKeys: { scribeless: platform.keys.scribeless, kelviq: platform.keys.kelviq },
  });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  host.close();
  await gateway.close();
  await platform.close();
});

const mint = (external_id: string) => mintedToken(gateway.url, partner.key, { customer: { external_id } });

interface Heard {
  type: string;
  facts: Record<string, unknown>;
}

/** A page that writes down every event that reaches the document, with its facts. */
async function open(
  placement: Placement,
  before: (page: Page) => Promise<unknown> = async () => {},
): Promise<{ page: Page; heard: () => Promise<Heard[]> }> {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const heard: { type: string; facts: object }[] = [];
    Object.assign(window, { heard });
    for (const name of ['ready', 'step', 'complete', 'error', 'expired', 'resize'])
      document.addEventListener(`inlay-${name}`, (event) => {
        heard.push({ type: event.type.slice(6), facts: Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'isTrusted')) });
      });
  });
  await before(page);
  await page.goto(host.page(placement));
  return { page, heard: () => page.evaluate(() => (window as unknown as { heard: Heard[] }).heard) };
}
const types = (all: Heard[]) => all.map(({ type }) => type).filter((type) => type !== 'resize');
const ready = (heard: () => Promise<Heard[]>, count = 1) =>
  eventually(async () => types(await heard()).filter((type) => type === 'ready').length === count);

test('a completed run says so once, and that it was so already', async () => {
  const visitor = await createVisitor(gateway.url, host.origin, gateway.clock.now);
  await visitor.open(await mint('complete'));
  await visitor.run();
  assert.equal((await visitor.submit({ ...ada, email: 'complete+invoice@nordin.example' })).status, 200);
  await eventually(async () => {
    platform.clock.now += 1_000;
    gateway.clock.advance(1_000);
    return (await visitor.run()).status === 'done';
  });
  host.give = () => mint('complete');
  const { page, heard } = await open({ fetches: true });
  await page.getByRole('heading', { name: 'You’re set up' }).waitFor();
  await page.evaluate(() => document.querySelector<InlayWidget>('inlay-widget')?.reload());
  await ready(heard, 2);
  const completed = (await heard()).filter(({ type }) => type === 'complete');
  assert.equal(completed.length, 1);
  assert.equal(completed[0]?.facts.already, true);
  assert.match(String(completed[0]?.facts.run_id), /^run_/);
  await page.close();
});

test('without a token there is an error within 15 seconds, and a token that comes later is taken', async () => {
  const { page, heard } = await open({}, (each) => each.clock.install());
  await page.waitForFunction(() => customElements.get('inlay-widget'));
  await page.clock.fastForward(15_000);
  await eventually(async () => types(await heard()).includes('error'));
  const [error] = (await heard()).filter(({ type }) => type === 'error');
  assert.equal(error?.facts.code, 'no-token');
  await page.evaluate((token) => Object.assign(document.querySelector('inlay-widget') ?? {}, { token }), await mint('late'));
  await ready(heard);
  await page.close();
});

test('imported on a server, the built script does nothing', async () => {
  const module = (await import(pathToFileURL(`${assetsFolder}/inlay.js`).href)) as Record<string, unknown>;
  assert.equal(typeof module.InlayWidget, 'function');
});

test('the whole form by keyboard alone', async () => {
  host.give = () => mint('keys');
  const { page, heard } = await open({ fetches: true });
  await ready(heard);
  await page.getByLabel('Registered name').focus();
  // The country is the last of the list: type-ahead would go by the speed of typing, one key does not.
  const typed = ['Nordin AB', '', '123456789', 'Lund', 'Ada', 'Nordin', 'keys@nordin.example', '+46 70 123 45 67'];
  for (const text of typed) {
    if (text) await page.keyboard.type(text);
    else await page.keyboard.press('End');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Opening your accounts' }).waitFor();
  const focused = await page.evaluate(() => document.querySelector('inlay-widget')?.shadowRoot?.activeElement?.textContent);
  assert.equal(focused, 'Opening your accounts', 'the new step’s heading has the focus');
  await page.close();
});
