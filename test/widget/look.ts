import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
mkdirSync(folder, { recursive: true });

/** To be called before the page opens: a script tag would be refused by the page's own policy. */
export const bringAxe = (page: Page): Promise<unknown> => page.addInitScript({ content: axe });

interface Axe {
  axe: {
    run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[] }>;
  };
}

/**
 * Looks at the page as it is now: wide and narrow, light and dark. Each look is a screenshot in test/screenshots and an audit by axe
 * (WCAG 2.2 A and AA) that must find nothing; and nothing may stick out sideways.
 */
export async function look(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  for (const width of [1280, 320])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // Colours on their way from the look before would be neither's.
      await page.evaluate(async () => {
        for (let calm = 0; calm < 3; ) {
          const moving = document.getAnimations().filter((each) => each instanceof CSSTransition);
          for (const each of moving) each.finish();
          calm = moving.length > 0 ? 0 : calm + 1;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      });
      await page.screenshot({ path: `${folder}${name}-${width}-${colorScheme}.png`, fullPage: true });
      const found = await page.evaluate(
        async () =>
          (
            await (window as unknown as Axe).axe.run(document, {
              resultTypes: ['violations'],
              runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            })
          ).violations,
      );
      const said = found.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
      );
      assert.deepEqual(said, [], `${name} at ${width} px, ${colorScheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${name} at ${width} px sticks out`);
    }
}
