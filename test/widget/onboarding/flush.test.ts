import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../../start-gateway.ts';
import { WidgetStage } from '../world/stage.ts';

const widget = new WidgetStage();

/** What a customer typed a moment before the page goes away, in whichever way. */
const leavings: Record<string, (page: Page) => Promise<unknown>> = {
  'is loaded again': (page) => page.reload(),
  'is closed': (page) => page.close(),
  'goes elsewhere': (page) => page.goto('about:blank'),
  'takes the tag out': (page) => page.evaluate(() => document.querySelector('inlay-widget')?.remove()),
};
for (const [how, leave] of Object.entries(leavings))
  test(`what was typed just before the page ${how} is kept`, () =>
    widget.scene({}, async ({ page, context, customer }) => {
      const other = await context.newPage();
      const city = page.getByLabel('City');
      await city.click();
      await city.pressSequentially('Lun');
      await page.locator('[part=saved]', { hasText: /^Saved/ }).waitFor();
      const asked: string[] = [];
      context.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
      // One key, and no time to think: the answer is still to be kept when the page goes.
      await city.press('d');
      assert.ok(!asked.some((call) => call.startsWith('PATCH')));
      await leave(page);
      const visitor = await widget.visitor(customer);
      await eventually(async () => (await visitor.run()).details.values.city === 'Lund');
      await other.close();
    }));

test('what was typed is kept when the page is hidden, once', () =>
  widget.scene({}, async ({ page, customer }) => {
    const saves: number[] = [];
    page.on('request', (request) => request.method() === 'PATCH' && saves.push(request.postData()?.length ?? 0));
    const city = page.getByLabel('City');
    await city.fill('Malmö');
    await page.locator('[part=saved]', { hasText: /^Saved/ }).waitFor();
    saves.length = 0;
    await city.press('x');
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const visitor = await widget.visitor(customer);
    await eventually(async () => (await visitor.run()).details.values.city === 'Malmöx');
    await page.evaluate(() => {
      Reflect.deleteProperty(document, 'hidden');
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await city.press('y');
    await eventually(async () => (await visitor.run()).details.values.city === 'Malmöxy');
    assert.equal(saves.length, 2, saves.join(', '));
  }));

test('of more than a page may send while it goes (64 KiB), what was typed last is kept', () =>
  widget.scene({}, async ({ page, customer }) => {
    await page.getByLabel('City').fill('x'.repeat(70_000));
    await page.getByLabel('Registered name').fill('Nordin');
    await page.reload();
    const visitor = await widget.visitor(customer);
    await eventually(async () => (await visitor.run()).details.values.company_name === 'Nordin');
  }));
