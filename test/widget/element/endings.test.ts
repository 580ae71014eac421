import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import type { Page } from 'playwright-core';
import { look } from '../world/look.ts';
import { heading, saved, WidgetStage } from '../world/stage.ts';

const widget = new WidgetStage();
const scene = widget.scene.bind(widget);
const hours = 3_600_000;
const clocked = (page: Page) => page.clock.install({ time: widget.gateway.clock.now() });
/** Time passes for the servers and for the page, as for one that slept. */
const pass = async (page: Page, ms: number) => {
  widget.pass(ms);
  await page.clock.fastForward(ms);
};

/** A minute before the session's end. Twelve hours would be sixty refreshes: the end is brought near where it is kept, and one refresh tells the page. */
async function toLastMinute(page: Page): Promise<void> {
  await page.getByLabel('City').waitFor();
  const untilRefresh = 725_000;
  const db = new SqliteFile(join(widget.gateway.dataDir, 'gateway.db'));
  db.prepare('update session set ends_at = ?').run(widget.gateway.clock.now() + untilRefresh + 60_000);
  db.close();
  const refreshed = page.waitForResponse((answer) => answer.url().endsWith('/refresh') && answer.ok());
  await pass(page, untilRefresh);
  await refreshed;
  await heading(page, /^This page closes at/).waitFor();
  // Readings that were under way at a jump had no answer; the next one has.
  await pass(page, 16_000);
  await heading(page, 'The server does not answer').waitFor({ state: 'detached' });
}

/** Those that need an administrator come first: after the long ones the token is too old. */
const states: Record<string, () => Promise<void>> = {
  'error-origin': async () => {
    const origin = 'https://elsewhere.example';
    await widget.gateway.admin('POST', `/api/v1/admin/partners/${widget.partner.id}/origins`, { origin });
    await scene({ token: await widget.mint(undefined, { origins: [origin] }) }, async ({ page }) => {
      await heading(page, 'This page cannot be opened here').waitFor();
      await look(page, 'error-origin');
    });
  },
  suspended: () =>
    scene({}, async ({ page }) => {
      await page.getByLabel('City').waitFor();
      const partner = `/api/v1/admin/partners/${widget.partner.id}`;
      await widget.gateway.admin('PATCH', partner, { status: 'SUSPENDED' });
      try {
        await page.getByLabel('City').fill('Lund');
        await heading(page, 'This page is paused').waitFor();
        await look(page, 'suspended');
      } finally {
        await widget.gateway.admin('PATCH', partner, { status: 'ACTIVE' });
      }
    }),
  'error-lost': () =>
    scene({ prepare: (page) => page.route('**/embed/session', (route) => route.abort()) }, async ({ page }) => {
      await heading(page, 'We could not load this page').waitFor();
      await look(page, 'error-lost');
      await page.unroute('**/embed/session');
      await page.getByRole('button', { name: 'Try again' }).click();
      await heading(page, 'About your company').waitFor();
    }),
  'error-lost-saved': () =>
    scene({}, async ({ page }) => {
      await page.getByLabel('City').fill('Lund');
      await saved(page);
      await page.route('**/embed/onboarding', (route) => route.abort());
      await page.evaluate(() => document.querySelector<HTMLElement & { reload(): Promise<void> }>('inlay-widget')?.reload());
      await page.getByText(/Nothing you entered is lost: it was last saved at/).waitFor();
      await look(page, 'error-lost-saved');
    }),
  'error-ours': () =>
    scene(
      {
        prepare: (page) =>
          page.route('**/embed/onboarding', (route) =>
            route.fulfill({
              status: 500,
              headers: { 'access-control-allow-origin': '*' },
              contentType: 'application/problem+json',
              body: JSON.stringify({ code: 'internal', instance: 'urn:uuid:3f1c7a52-9b0e-4c11-8a44-0d5b6f2e9c10' }),
            }),
          ),
      },
      async ({ page }) => {
        await heading(page, 'Something failed on our side').waitFor();
        await page.getByText('Reference 3f1c7a52-9b0e').waitFor();
        await look(page, 'error-ours');
        await page.unroute('**/embed/onboarding');
        await page.getByRole('button', { name: 'Try again' }).click();
        await heading(page, 'About your company').waitFor();
      },
    ),
  'error-token': () =>
    scene({ give: () => Promise.reject(new Error('The portal is tired.')) }, async ({ page }) => {
      await heading(page, 'Your portal did not open this page').waitFor();
      await look(page, 'error-token');
      widget.host.give = () => widget.mint();
      await page.getByRole('button', { name: 'Try again' }).click();
      await heading(page, 'About your company').waitFor();
    }),
  'error-used': async () => {
    const token = await widget.mint('used');
    const first = await widget.visitor('used');
    await first.open(token);
    await scene({ token }, async ({ page }) => {
      await heading(page, 'This link was already used').waitFor();
      assert.equal(await page.getByRole('button').count(), 0, 'no dead button');
      await look(page, 'error-used');
    });
  },
  'error-late': async () => {
    const token = await widget.mint();
    widget.pass(24 * hours);
    await scene({ token }, async ({ page }) => {
      await heading(page, 'This link is too old').waitFor();
      assert.equal(await page.getByRole('button').count(), 0, 'no dead button');
      await look(page, 'error-late');
    });
  },
  'no-token': () =>
    scene({ fetches: false, prepare: (page) => page.clock.install() }, async ({ page }) => {
      await page.waitForFunction(() => customElements.get('inlay-widget'));
      await page.clock.fastForward(16_000);
      await heading(page, /Your portal did not open this page|This page cannot be opened here/).waitFor();
      await look(page, 'no-token');
    }),
  left: () =>
    scene({}, async ({ page }) => {
      await page.getByLabel('City').waitFor();
      await page.evaluate(() => document.querySelector<HTMLElement & { logout(): Promise<void> }>('inlay-widget')?.logout());
      await heading(page, 'You have left this page').waitFor();
      assert.equal(await page.getByRole('button').count(), 0, 'no dead button');
      await look(page, 'left');
    }),
  'closing-soon, kept open': () =>
    scene({ prepare: clocked }, async ({ page }) => {
      await toLastMinute(page);
      await look(page, 'closing-soon-kept');
      await page.getByRole('button', { name: 'Keep it open' }).click();
      await heading(page, /^This page closes at/).waitFor({ state: 'detached' });
      await page.getByLabel('City').fill('Lund');
      await saved(page);
    }),
  'closing-soon, and expired': async () =>
    scene({ token: await widget.mint(), prepare: clocked }, async ({ page }) => {
      await toLastMinute(page);
      await look(page, 'closing-soon');
      await pass(page, 120_000);
      await heading(page, 'This page has been open too long').waitFor();
      assert.equal(await page.getByRole('button').count(), 0, 'no dead button');
      await look(page, 'expired');
    }),
  'expired, and opened again': () =>
    scene({ prepare: clocked }, async ({ page }) => {
      await page.getByLabel('City').fill('Lund');
      await saved(page);
      await pass(page, 13 * hours);
      await heading(page, 'This page has been open too long').waitFor();
      await look(page, 'expired-again');
      await page.getByRole('button', { name: 'Open again' }).click();
      await heading(page, 'About your company').waitFor();
      assert.equal(await page.getByLabel('City').inputValue(), 'Lund');
    }),
};

for (const [name, play] of Object.entries(states))
  test(`${name}: reached through the real servers, nothing for axe to say, light and dark, narrow and wide`, play);
