import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillDetails } from '../../journey/stage.ts';
import { look } from '../world/look.ts';
import { go, heading, isFocused, saved, toAccounts, WidgetStage } from '../world/stage.ts';

const widget = new WidgetStage();
const scene = widget.scene.bind(widget);

const states: Record<string, () => Promise<void>> = {
  loading: () =>
    scene({ prepare: (page) => page.route('**/embed/onboarding', () => {}) }, async ({ page }) => {
      await page.getByText('Loading this page').waitFor({ state: 'attached' });
      await look(page, 'loading');
    }),
  'loading-slow': () =>
    scene({ prepare: (page) => Promise.all([page.clock.install(), page.route('**/embed/onboarding', () => {})]) }, async ({ page }) => {
      await page.getByText('Loading this page').waitFor({ state: 'attached' });
      await page.clock.fastForward(9_000);
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      await look(page, 'loading-slow');
    }),
  details: () =>
    scene({}, async ({ page }) => {
      await heading(page, 'About your company').waitFor();
      await look(page, 'details');
    }),
  'details-filled-and-locked': () =>
    scene({ profile: { company_name: 'Nordin Tryck & Papper AB', first_name: 'Ada', locked: ['company_name'] } }, async ({ page }) => {
      await page.getByLabel('Registered name').waitFor();
      await page.getByLabel('Country').selectOption({ label: 'Sweden' });
      await page.getByLabel('VAT number').fill('SE556912447101');
      await saved(page);
      await page.getByRole('button', { name: 'Save and leave' }).click();
      await page.locator('form').getByText('Saved. You can close this page.').waitFor();
      await look(page, 'details-filled-and-locked');
    }),
  'locked-meanwhile': () =>
    scene({ still: true }, async ({ page, customer }) => {
      await fillDetails(page, 'meanwhile@nordin.example');
      await saved(page);
      await widget.mint(customer, { profile: { company_name: 'Nordin Papper AB', locked: ['company_name'] } });
      await page.getByLabel('Registered name').fill('Nordin AB');
      await go(page);
      const sentence = 'Harbor Leasing has filled this in; it cannot be changed here.';
      await page.getByRole('alert').getByText(`Registered name: ${sentence}`).waitFor();
      assert.equal(await page.getByLabel('Registered name').inputValue(), 'Nordin Papper AB');
      await look(page, 'locked-meanwhile');
      await go(page);
      await heading(page, 'Opening your accounts').waitFor();
    }),
  errors: () =>
    scene({}, async ({ page }) => {
      await fillDetails(page, 'ada@');
      await page.getByLabel('VAT number').fill('SE5569124471');
      await go(page);
      const summary = page.getByRole('alert');
      await summary.getByText('2 answers need another look').waitFor();
      assert.ok(await isFocused(summary), 'the summary has the focus');
      await look(page, 'errors');
      await summary.getByRole('link').first().click();
      assert.ok(await isFocused(page.getByLabel('VAT number')));
    }),
  offline: () =>
    scene({}, async ({ page, context }) => {
      await page.getByLabel('City').waitFor();
      await context.setOffline(true);
      await page.getByLabel('City').fill('Lund');
      await heading(page, 'You are offline').waitFor();
      await page.getByText('Not saved yet').first().waitFor();
      await look(page, 'offline');
      await context.setOffline(false);
      await saved(page);
    }),
  unreached: () =>
    scene({}, async ({ page }) => {
      await page.getByLabel('City').waitFor();
      await page.route('**/embed/onboarding/**', (route) => route.abort());
      await page.getByLabel('City').fill('Lund');
      await heading(page, 'The server does not answer').waitFor();
      await page.getByRole('button', { name: 'Save and leave' }).click();
      await page.locator('form').getByText('Not saved yet. Keep this page open until the connection is back.').waitFor();
      await look(page, 'unreached');
      await page.unroute('**/embed/onboarding/**');
      await saved(page);
      assert.equal(await heading(page, 'The server does not answer').count(), 0);
    }),
  unsent: () =>
    scene({ still: true }, async ({ page }) => {
      await fillDetails(page, 'unsent@nordin.example');
      await saved(page);
      await page.route('**/steps/details', (route) => route.abort());
      await go(page);
      await heading(page, 'Your answers were not sent').waitFor();
      assert.ok(await isFocused(page.getByRole('alert')), 'why they were not sent has the focus');
      await look(page, 'unsent');
      await page.unroute('**/steps/details');
      await go(page);
      await heading(page, 'Opening your accounts').waitFor();
    }),
  elsewhere: () =>
    scene({}, async ({ page, customer }) => {
      await page.getByLabel('City').waitFor();
      const other = await widget.visitor(customer);
      const { revision } = await other.run();
      await other.call('PATCH', '/embed/onboarding/draft', { values: { first_name: 'Astrid' } }, { 'if-match': `"r${revision}"` });
      await page.getByLabel('City').fill('Lund');
      await heading(page, 'This form is also open somewhere else').waitFor();
      assert.equal(await page.getByLabel('First name').inputValue(), 'Astrid');
      assert.equal(await page.getByLabel('City').inputValue(), 'Lund');
      await look(page, 'elsewhere');
    }),
  refused: () =>
    scene({ still: true }, async ({ page }) => {
      await toAccounts(page, 'taken+409@nordin.example');
      await page.getByText('This e-mail already has an account at Kelviq. Use another one.').first().waitFor();
      assert.equal(await page.getByLabel('Work e-mail').getAttribute('aria-invalid'), 'true');
      await look(page, 'refused');
      await page.getByLabel('Work e-mail').fill('another@nordin.example');
      await go(page);
      await heading(page, 'Opening your accounts').waitFor();
    }),
};

for (const [name, play] of Object.entries(states))
  test(`${name}: reached through the real servers, nothing for axe to say, light and dark, narrow and wide`, play);

test('a field that comes in above leaves alone the one that somebody types in', () =>
  scene({}, async ({ page }) => {
    await page.getByLabel('City').focus();
    // As when the country comes from another device: the focus stays where it is.
    await page.getByLabel('Country').evaluate((select: HTMLSelectElement) => {
      select.value = 'SE';
      for (const type of ['input', 'change']) select.dispatchEvent(new Event(type, { bubbles: true }));
    });
    await page.getByLabel('VAT number').waitFor();
    await page.keyboard.type('Lund');
    assert.equal(await page.getByLabel('City').inputValue(), 'Lund');
    assert.equal(await page.getByLabel('VAT number').inputValue(), '');
  }));

test('a press that leaves a wrong field is not lost: its fault comes after the release, so that no button moves from under the pointer', () =>
  scene({}, async ({ page }) => {
    await fillDetails(page, 'ada@nordin.example');
    await page.getByLabel('VAT number').fill('SE5569124471');
    const button = page.getByRole('button', { name: 'Continue to accounts' });
    await button.scrollIntoViewIfNeeded();
    await page.evaluate(() => document.fonts.ready);
    const box = await button.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + 3);
    await page.mouse.down();
    // As long as a hand rests on it; the page has drawn itself anew many times.
    await page.waitForTimeout(400);
    assert.deepEqual(await button.boundingBox(), box);
    await page.mouse.up();
    const summary = page.getByRole('alert');
    await summary.getByText('One answer needs another look').waitFor();
    assert.ok(await isFocused(summary));
    // A tick taken back is a press too, but nothing comes after it: its fault is there at once.
    await page.reload();
    const tick = page.getByLabel('I may sign for this company');
    await tick.check();
    await tick.click();
    await page.locator('.error').waitFor();
  }));

test('from right to left, with a locale whose words are not there yet, the form stands mirrored', () =>
  scene({ dir: 'rtl', lang: 'ar' }, async ({ page }) => {
    await heading(page, 'About your company').waitFor();
    const [rail, form] = await Promise.all(['nav', 'form'].map((name) => page.locator(`inlay-widget ${name}`).first().boundingBox()));
    assert.ok(rail && form && rail.x > form.x, 'the rail is at the right');
    await look(page, 'rtl');
  }));
