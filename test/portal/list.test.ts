import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type Listening, listen } from '../../server/http/listen.ts';
import { demoCustomers } from '../../server/portal/customers.ts';
import { portal } from '../../server/portal/portal.ts';
import { openBrowser } from '../browser.ts';

let site: Listening;
let browser: Browser;
before(async () => {
  // No gateway: the list shows the portal's own customers.
  site = await listen(portal({ gatewayUrl: 'http://127.0.0.1:9', partnerKey: 'lk_0' }), 0, '127.0.0.1');
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await site?.close(0);
});

/** WebKit takes no row of a table for a place to position in. */
const asInWebKit = (): void => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('tr { position: static !important; }');
  document.adoptedStyleSheets.push(sheet);
};

test('a press anywhere on row N opens customer N, also in WebKit', async () => {
  const page = await browser.newPage();
  for (const width of [1280, 320])
    for (const webkit of [false, true]) {
      await page.setViewportSize({ width, height: 2_000 });
      for (const [row, { external_id }] of demoCustomers.entries()) {
        await page.goto(`http://127.0.0.1:${site.port}/`);
        if (webkit) await page.evaluate(asInWebKit);
        const links = await page
          .locator('tbody tr')
          .nth(row)
          .evaluate((node) => {
            const { left, top, width, height } = node.getBoundingClientRect();
            const places = [0.02, 0.5, 0.98].flatMap((x) => [0.05, 0.5, 0.95].map((y) => [left + width * x, top + height * y] as const));
            return places.map((place) =>
              document
                .elementFromPoint(...place)
                ?.closest('a')
                ?.getAttribute('href'),
            );
          });
        assert.deepEqual([...new Set(links)], [`/customers/${external_id}`], `row ${row} at ${width} px`);
      }
      await page
        .locator('tbody tr')
        .nth(1)
        .click({ position: { x: width / 2, y: 8 } });
      await page.waitForURL(`**/customers/${demoCustomers[1]?.external_id}`);
    }
});
