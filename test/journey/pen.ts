import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { whatIsShown } from '../browser.ts';

/** What a person does on the pages of a journey. */
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
export async function shown(page: Page, name: string | RegExp): Promise<void> {
  try {
    await page.getByRole('heading', { name }).waitFor();
  } catch (error) {
    console.error(`no heading ${name} on the page:`, await whatIsShown(page).catch(String));
    throw error;
  }
}

/** Draws a line into the pad, as a hand does. */
export async function draw(page: Page): Promise<void> {
  const box = await page.getByLabel('Pad to draw on').boundingBox();
  assert.ok(box);
  const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
  await page.mouse.move(...at(0.15, 0.7));
  await page.mouse.down();
  for (let i = 1; i <= 24; i++) await page.mouse.move(...at(0.15 + i * 0.027, 0.5 + 0.25 * Math.sin(i * 0.9)), { steps: 2 });
  await page.mouse.up();
}

export const agree = async (page: Page): Promise<void> => {
  await page.getByLabel('I have read this and agree to sign electronically').check();
  await button(page, 'Agree and open the document').click();
};
