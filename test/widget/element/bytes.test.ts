import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
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
  await browser.close();
  host.close();
  await gateway.close();
});

test('all the script that a browser fetches for the first view is at most 20,000 bytes of brotli', async () => {
  const partner = await gateway.partner({ origins: [host.origin] });
  host.give = () => mintedToken(gateway.url, partner.key);
  const page = await browser.newPage();
  const sizes: [string, Promise<number>][] = [];
  page.on('response', (answer) => {
    const { pathname, origin } = new URL(answer.url());
    if (origin === gateway.url && pathname.endsWith('.js'))
      sizes.push([
        pathname,
        answer
          .request()
          .sizes()
          .then(({ responseBodySize }) => responseBodySize),
      ]);
  });
  await page.goto(host.page({ fetches: true }));
  await page.getByRole('heading', { name: 'About your company' }).waitFor();
  await page.waitForLoadState('networkidle');
  const fetched = await Promise.all(sizes.map(async ([name, size]) => `${name} ${await size}`));
  const total = fetched.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  assert.ok(fetched.length >= 3, fetched.join(', '));
  assert.ok(total > 5_000 && total <= 20_000, `${total} bytes: ${fetched.join(', ')}`);
});
