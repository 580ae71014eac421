import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { fieldsOn } from '../../fields.ts';
import { look } from '../world/look.ts';
import { heading, isFocused, WidgetStage } from '../world/stage.ts';
import { ada, agree, button, dialogGone, marker, open, SigningStage, typeSignature } from './signing-stage.ts';

const widget = new WidgetStage();
const stage = new SigningStage(widget);

const every = fieldsOn(3);
const send = (fields: readonly object[] = Object.values(every)) =>
  stage.send([], { fields: fields.map((field) => ({ signer: ada.email, ...field })) });
const radio = (page: Page, name: string) => page.getByRole('radiogroup', { name: /Delivery/ }).getByRole('radio', { name });
const place = (page: Page, name: RegExp, n: number) => page.getByRole('button', { name }).and(page.locator(`.marker[data-n="${n}"]`));
const isChecked = async (page: Page, name: string) => (await radio(page, name).getAttribute('aria-checked')) === 'true';
const use = async (page: Page) => {
  await button(page, 'Use this').click();
  await dialogGone(page);
};

test('every kind of field is filled in by mouse: in place where it can be, a text at both its places, and the file is sealed', async () => {
  const id = await send();
  await open(widget, stage, id, async ({ page }) => {
    await agree(page);
    await page.getByText('0 of 6 done').waitFor();
    await radio(page, 'parts').click();
    await page.getByText('1 of 6 done').waitFor();
    assert.deepEqual(
      [await isChecked(page, 'In one piece'), await isChecked(page, 'parts'), await isChecked(page, 'Collected')],
      [false, true, false],
    );
    assert.equal(await page.locator('.marker[data-type=radio] circle').count(), 1, 'one dot, at the chosen button');

    await marker(page, 'dropdown').click();
    await look(page, 'signing-list');
    await page.setViewportSize({ width: 1280, height: 900 });
    await button(page, 'Use this').click();
    await page.getByText('Choose one to go on.').waitFor();
    await page.getByLabel('Berth', { exact: true }).selectOption('Berth 8, south');
    await use(page);
    await marker(page, 'dropdown').getByText('Berth 8, south').waitFor();

    await place(page, /^Notes/, 0).click();
    const notes = page.getByRole('textbox', { name: 'Notes' });
    await notes.fill('x'.repeat(61));
    await page.getByText('Shorten this to 60 characters.').waitFor();
    await look(page, 'signing-several-lines');
    await page.setViewportSize({ width: 1280, height: 900 });
    await button(page, 'Use this').click();
    assert.equal(await notes.count(), 1, 'nothing too long is taken');
    await notes.fill('Deliver to the back door.\nRing twice.');
    await page.getByText('37 of 60').waitFor();
    await use(page);
    assert.deepEqual(
      await place(page, /^Notes/, 0)
        .locator('text')
        .allTextContents(),
      ['Deliver to the back door.', 'Ring twice.'],
    );

    await place(page, /^Plate/, 1).click();
    await page.getByRole('textbox', { name: 'Plate' }).fill('AB 12');
    await use(page);
    assert.deepEqual(await page.locator('.marker[data-n] text', { hasText: 'AB 12' }).count(), 2);
    assert.ok(await isFocused(place(page, /^Plate/, 1)), 'the focus is back where it was pressed');
    await marker(page, 'checkbox').click();
    await page.getByText('5 of 6 done').waitFor();
    await look(page, 'signing-fields');
    await page.setViewportSize({ width: 1280, height: 900 });
    await typeSignature(page);
    await button(page, 'Finish and sign').click();
    await heading(page, 'Signed and sealed').waitFor();
  });
});

test('every kind of field is filled in by keyboard alone: one stop for a radio, whose arrows choose', async () => {
  const id = await send();
  await open(widget, stage, id, async ({ page }) => {
    await agree(page);
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.locator('.desk').focus();
    const next = async (target: ReturnType<Page['locator']>): Promise<void> => {
      for (let i = 0; i < 8 && !(await isFocused(target)); i++) await press('n');
      assert.ok(await isFocused(target));
    };
    await next(radio(page, 'In one piece'));
    await press('ArrowDown', 'ArrowRight');
    assert.ok(await isFocused(radio(page, 'Collected')));
    assert.ok(await isChecked(page, 'Collected'));
    await press('ArrowDown');
    assert.ok(await isChecked(page, 'In one piece'), 'after the last comes the first');
    await press('ArrowUp', 'ArrowUp');
    assert.ok(await isChecked(page, 'parts'));
    const stops = await page
      .locator('.marker[data-type=radio]')
      .evaluateAll((buttons) => buttons.map((each) => (each as HTMLElement).tabIndex));
    assert.deepEqual(stops, [-1, 0, -1]);
    await press('Tab');
    assert.ok(await isFocused(marker(page, 'dropdown')), 'the Tab key goes on behind the group');
    await press('Enter');
    await page.getByLabel('Berth', { exact: true }).waitFor();
    await press('ArrowDown', 'ArrowDown', 'Tab', 'Enter');
    await dialogGone(page);
    await marker(page, 'dropdown').getByText('Berth 8, south').waitFor();
    await next(place(page, /^Notes/, 0));
    await press('Enter');
    await page.keyboard.type('one');
    await press('Enter');
    await page.keyboard.type('two');
    await press('Tab', 'Enter');
    await dialogGone(page);
    assert.deepEqual(
      await place(page, /^Notes/, 0)
        .locator('text')
        .allTextContents(),
      ['one', 'two'],
    );
    await next(place(page, /^Plate/, 0));
    await press('Enter');
    await page.keyboard.type('AB 12');
    await press('Enter');
    await dialogGone(page);
    await next(marker(page, 'checkbox'));
    await press('Space');
    await next(marker(page, 'signature'));
    await press('Enter', 'ArrowRight', 'Tab', 'Enter');
    await dialogGone(page);
    await page.getByText('Everything is filled in').waitFor();
    await button(page, 'Finish and sign').focus();
    await press('Enter');
    await heading(page, 'Signed and sealed').waitFor();
  });
});

test('on a narrow screen the buttons of a radio can be chosen from side by side, and a choice that is not asked for be left', async () => {
  const id = await send([every.signature, { ...every.radio, required: false }]);
  await open(widget, stage, id, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 760 });
    await agree(page);
    await button(page, 'Next field').click();
    await page.locator('#act', { hasText: 'Choose' }).click();
    await look(page, 'signing-choice');
    await page.setViewportSize({ width: 360, height: 760 });
    await page.locator('dialog').getByLabel('Collected').check();
    await use(page);
    await radio(page, 'Collected').and(page.locator('[aria-checked=true]')).waitFor();
    await button(page, 'Previous field').click();
    await page.locator('#act', { hasText: 'Change' }).click();
    await page.locator('dialog').getByLabel('None of them').check();
    await use(page);
    assert.equal(await page.locator('.marker[aria-checked=true]').count(), 0);
  });
});

test('a choice that the server would not keep stays in sight at its field until it is mended', async () => {
  const id = await send();
  await open(widget, stage, id, async ({ page }) => {
    await agree(page);
    await page.route('**/ceremony/fields', async (route) => {
      const { values } = route.request().postDataJSON() as { values: Record<string, { kind: string }> };
      const wrong = Object.fromEntries(Object.keys(values).map((field) => [field, { kind: 'chosen', option: 'gone' }]));
      await route.continue({ postData: JSON.stringify({ values: wrong }) });
    });
    await radio(page, 'parts').click();
    await page.locator('.radio[aria-invalid=true]').waitFor({ state: 'attached' });
    await page.locator('.todo', { hasText: 'Delivery' }).click();
    await page.getByText('This was not accepted.').first().waitFor();
    await page.unroute('**/ceremony/fields');
    await radio(page, 'Collected').click();
    await page.locator('.radio[aria-invalid=false]').waitFor({ state: 'attached' });
    await page.getByText('1 of 6 done').waitFor();
  });
});
