import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = fileURLToPath(new URL('../../screenshots/', import.meta.url));
/** Pictures for people: no test compares them, and taking them is half of a look's time. */
const wantsPictures = process.env.INLAY_SCREENSHOTS === '1';
if (wantsPictures) mkdirSync(folder, { recursive: true });

const every = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules that read colours. In the dark only colours are others: the widget asks for them with `light-dark()`, and for nothing else. */
const ofColours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

interface Axe {
  axe: {
    run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[] }>;
  };
}

/**
 * Looks at the page as it is now: wide and narrow, light and dark. Each look is an audit by axe (WCAG 2.2 A and AA) that must find nothing, and
 * nothing may stick out sideways; with INLAY_SCREENSHOTS=1 also a picture in test/screenshots.
 */
export async function look(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  // The debugger brings it: a script tag would be refused by the page's own policy.
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(calm);
      if (wantsPictures) await page.screenshot({ path: `${folder}${name}-${width}-${colorScheme}.png`, fullPage: true });
      const found = await page.evaluate(
        async (runOnly) => (await (window as unknown as Axe).axe.run(document, { resultTypes: ['violations'], runOnly })).violations,
        colorScheme === 'light' ? every : ofColours,
      );
      const said = found.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
      );
      assert.deepEqual(said, [], `${name} at ${width} px, ${colorScheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${name} at ${width} px sticks out`);
    }
  }
}

/** Runs in the page. Colours on their way from the look before would be neither's; what watches sizes answers with the next frame. */
async function calm(): Promise<void> {
  // A document tells of its own only, not of its shadow trees.
  const roots = (root: Document | ShadowRoot): (Document | ShadowRoot)[] => [
    root,
    ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : [])),
  ];
  for (let still = 0; still < 3; ) {
    const moving = roots(document).flatMap((root) => root.getAnimations().filter((each) => each instanceof CSSTransition));
    for (const each of moving) each.finish();
    still = moving.length > 0 ? 0 : still + 1;
    await new Promise(requestAnimationFrame);
  }
}
