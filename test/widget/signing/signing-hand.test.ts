import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { FieldValue } from '../../../shared/signing/fields.ts';
import { inkBox } from '../../../shared/text/marks.ts';
import { heading, isFocused, WidgetStage } from '../world/stage.ts';
import { agree, alone, button, dialogGone, marker, open, padOf, SigningStage, signature } from './signing-stage.ts';

const screenshots = fileURLToPath(new URL('../../screenshots/', import.meta.url));
const widget = new WidgetStage();
const stage = new SigningStage(widget);

test('the whole ceremony goes by keyboard alone, with the focus where one expects it; each key is recorded', async () => {
  const id = await stage.send(alone);
  await open(widget, stage, id, async ({ page }) => {
    const record: string[] = [];
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) {
        await page.keyboard.press(key);
        record.push(`${key.padEnd(10)} ${await focusedName(page)}`);
      }
    };
    const tabTo = async (target: ReturnType<Page['locator']>): Promise<void> => {
      for (let i = 0; i < 40 && !(await isFocused(target)); i++) await press('Tab');
      assert.ok(await isFocused(target), record.join('\n'));
    };
    await tabTo(page.getByRole('checkbox'));
    await press('Space', 'Tab', 'Enter');
    await page.locator('.textLayer span').first().waitFor({ state: 'attached' });
    assert.ok(await isFocused(heading(page, 'Equipment lease agreement').first()), 'a new state begins at its heading');
    await tabTo(page.locator('.desk'));
    await press('n', 'p', 'Enter');
    assert.ok(await isFocused(page.getByRole('tab', { name: 'Draw' })), 'the dialog begins at the chosen tab');
    await press('ArrowRight', 'Tab');
    assert.equal(await page.getByLabel('Initials as you sign them').inputValue(), 'AN');
    await press('Enter');
    await dialogGone(page);
    assert.ok(await isFocused(marker(page, 'initials')), 'the focus is back at the marker');
    await press('n', 'Space', 'n', 'Enter', 'ArrowRight', 'Tab', 'Enter');
    await dialogGone(page);
    await press('n', 'n', 'Enter');
    await page.keyboard.type('Managing director');
    await press('Enter');
    await page.getByText('Everything is filled in').waitFor();
    await tabTo(button(page, 'Finish and sign'));
    await press('Enter');
    await heading(page, 'Signed and sealed').waitFor();
    assert.ok(await isFocused(heading(page, 'Signed and sealed')));
    await mkdir(screenshots, { recursive: true });
    await writeFile(join(screenshots, 'keyboard.txt'), `Key        Focus afterwards\n${record.join('\n')}\n`);
  });
});

/** What a screen reader would call the element that has the focus. */
const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let active: Element | null = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const label =
      active?.getAttribute('aria-label') ?? (active as HTMLInputElement | null)?.labels?.[0]?.textContent ?? active?.textContent ?? '';
    return `${active?.getAttribute('role') ?? active?.tagName.toLowerCase() ?? 'nothing'}: ${label.replace(/\s+/g, ' ').trim().slice(0, 80)}`;
  });

test('a line lies on the paper as it was drawn; undo takes one stroke, or a clearing, back', async () => {
  const id = await stage.send(signature);
  await open(widget, stage, id, async ({ page }) => {
    await agree(page);
    await marker(page, 'signature').click();
    const pad = await padOf(page);
    assert.ok(pad);
    const strokes = [
      [
        [0.2, 0.3],
        [0.4, 0.6],
        [0.6, 0.4],
      ],
      [
        [0.7, 0.5],
        [0.8, 0.8],
      ],
      [
        [0.1, 0.1],
        [0.9, 0.9],
      ],
    ] as const;
    for (const [[x, y], ...more] of strokes) {
      await page.mouse.move(pad.x + x * pad.width, pad.y + y * pad.height);
      await page.mouse.down();
      for (const [nextX, nextY] of more) await page.mouse.move(pad.x + nextX * pad.width, pad.y + nextY * pad.height, { steps: 12 });
      await page.mouse.up();
    }
    const drawn = () => page.locator('.stroke path').first().getAttribute('d');
    const three = await drawn();
    await page.keyboard.press('Control+z');
    const two = await drawn();
    assert.equal((two ?? '').split('M').length - 1, 2);
    await button(page, 'Clear').click();
    assert.equal(await drawn(), '');
    await button(page, 'Undo').click();
    assert.equal(await drawn(), two, 'a clearing can be taken back');
    assert.notEqual(three, two);

    const saving = page.waitForRequest((request) => request.method() === 'PUT');
    await button(page, 'Use this signature').click();
    const { values } = (await saving).postDataJSON() as { values: Record<string, FieldValue> };
    const [value] = Object.values(values);
    assert.ok(value?.kind === 'drawn');
    assert.equal(value.strokes.length, 2);
    const ends = value.strokes.map((stroke) => [stroke[0], stroke.at(-1)]);
    const wanted = [
      [
        [100, 60],
        [300, 80],
      ],
      [
        [350, 100],
        [400, 160],
      ],
    ];
    for (const [i, point] of ends.flat().entries()) {
      const [x = 0, y = 0] = wanted.flat()[i] ?? [];
      assert.ok(point && Math.hypot(point[0] - x, point[1] - y) < 3, `${point} is near ${x}, ${y}`);
    }

    await dialogGone(page);
    // Both at one moment: the page may be on its way to where it is finished.
    const [field, ink] = await marker(page, 'signature').evaluate((node) => {
      const boxOf = (each: Element): { x: number; y: number; width: number; height: number } => each.getBoundingClientRect().toJSON();
      return [boxOf(node), boxOf([...node.querySelectorAll('.mark path')].at(-1) ?? node)] as const;
    });
    const { scale, height } = inkBox(field);
    const left = field.x + 100 * scale;
    const top = field.y + field.height - height + 60 * scale;
    assert.ok(Math.abs(ink.x - left) < 2 && Math.abs(ink.y - top) < 2, `${ink.x}, ${ink.y} is near ${left}, ${top}`);
  });
});

test('another width rescales what was drawn and erases nothing', async () => {
  const id = await stage.send(signature);
  await open(widget, stage, id, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 760 });
    await agree(page);
    await marker(page, 'signature').click();
    const pad = await padOf(page);
    assert.ok(pad && Math.abs(pad.width / pad.height - 2) < 0.05, 'a narrow pad is 2:1');
    await page.mouse.move(pad.x + 20, pad.y + 1);
    await page.mouse.down();
    await page.mouse.move(pad.x + 200, pad.y + pad.height - 1, { steps: 10 });
    await page.mouse.up();
    const path = page.locator('.stroke path').first();
    const [before, narrow] = [await path.getAttribute('d'), await path.boundingBox()];
    await page.setViewportSize({ width: 800, height: 700 });
    assert.equal(await path.getAttribute('d'), before);
    const wide = await path.boundingBox();
    assert.ok(narrow && wide && wide.width > narrow.width * 1.2);
    const saving = page.waitForRequest((request) => request.method() === 'PUT');
    await button(page, 'Use this signature').click();
    const { values } = (await saving).postDataJSON() as { values: Record<string, FieldValue> };
    const [value] = Object.values(values);
    assert.ok(value?.kind === 'drawn' && value.strokes.flat().every(([, y]) => y >= 0 && y <= 200), 'what was too high is brought in');
    await dialogGone(page);
  });
});
