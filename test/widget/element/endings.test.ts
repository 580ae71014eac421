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
