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

/**
 * Looks at the page as it is now: wide and narrow, light and dark. Each look is an audit by axe (WCAG 2.2 A and AA) that must find nothing, and
 * nothing may stick out sideways; with INLAY_SCREENSHOTS=1 also a picture in test/screenshots.
 */
export async function look(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe);
  for (const { width, colorScheme } of looks) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(`(${calm})()`);
    if (wantsPictures) await page.screenshot({ path: `${folder}${name}-${width}-${colorScheme}.png`, fullPage: true });
    const found = await page.evaluate(
      async (options) => (await (window as unknown as WithAxe).axe.run(document, options)).violations,
      auditOf(colorScheme),
    );
    assert.deepEqual(complaints(found), [], `${name} at ${width} px, ${colorScheme}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, `${name} at ${width} px sticks out`);
  }
}
