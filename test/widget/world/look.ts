import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { auditOf, calm, complaints, looks, type WithAxe } from './audit.ts';
import { axe } from './axe.ts';

const folder = fileURLToPath(new URL('../../screenshots/', import.meta.url));
/** Pictures for people: no test compares them, and taking them is half of a look's time. */
const wantsPictures = process.env.INLAY_SCREENSHOTS === '1';
if (wantsPictures) mkdirSync(folder, { recursive: true });

/** Everything is audited at both widths; `npm test` audits each state in both themes at one of them, half of the states at each. */
const isThorough = process.env.LOOKS === 'all' || wantsPictures;
const widthOf = (name: string): number => ([...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 2 === 0 ? 1280 : 320);

/**
 * Looks at the page as it is now: wide and narrow, light and dark. Looks are audits by axe (WCAG 2.2 A and AA) that must find nothing (the other
 * width's: `npm run soak -- axe`), and at no width may anything stick out sideways; with INLAY_SCREENSHOTS=1 also pictures in test/screenshots.
 */
export async function look(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe);
  for (const { width, colorScheme } of looks) {
    const audited = isThorough || width === widthOf(name);
    // What is only measured is as wide in the dark.
    if (!audited && colorScheme === 'dark') continue;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(`(${calm})()`);
    if (wantsPictures) await page.screenshot({ path: `${folder}${name}-${width}-${colorScheme}.png`, fullPage: true });
    if (audited) await assertAccessible(page, name, { width, colorScheme });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, `${name} at ${width} px sticks out`);
  }
}

async function assertAccessible(page: Page, name: string, { width, colorScheme }: (typeof looks)[number]): Promise<void> {
  const found = await page.evaluate(
    async (options) => (await (window as unknown as WithAxe).axe.run(document, options)).violations,
    auditOf(colorScheme),
  );
  assert.deepEqual(complaints(found), [], `${name} at ${width} px, ${colorScheme}`);
}
