import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../../start-gateway.ts';
import { look } from '../world/look.ts';
import { heading, isFocused, WidgetStage } from '../world/stage.ts';
import { ada, agree, declines, everyKind, jonas, open, SigningStage, signs } from './signing-stage.ts';

const widget = new WidgetStage();
const stage = new SigningStage(widget);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const marker = (page: Page, type: string) => page.locator(`button.marker[data-type=${type}]`);
const signature = everyKind.filter(({ type, signer }) => type === 'signature' && !signer);
const both = everyKind.filter(({ type }) => type === 'signature');

const states: Record<string, () => Promise<void>> = {
  consent: async () => {
    const id = await stage.send(everyKind, { message: 'As we said on Tuesday.\nCall me if anything is unclear.' });
    await open(widget, stage, id, async ({ page }) => {
      await heading(page, 'Before you sign on screen').waitFor();
      assert.equal(await page.getByRole('checkbox').isChecked(), false, 'the box is never ticked in advance');
      await button(page, /^Agree/).click();
      await page.getByText('Tick this box to go on.').waitFor();
      assert.ok(await isFocused(page.getByRole('checkbox')));
      await look(page, 'signing-consent');
    });
  },
  document: async () => {
    const id = await stage.send();
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await page.getByText('Jonas Ek, after you').waitFor();
      await look(page, 'signing-document');
      await button(page, 'Next field').click();
      await button(page, /^More/).click();
      await look(page, 'signing-menu');
    });
  },
  signature: async () => {
    const id = await stage.send(signature);
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await marker(page, 'signature').click();
      await button(page, 'Use this signature').click();
      await page.getByText('Draw your signature first.').waitFor();
      await look(page, 'signing-draw');
      await page.getByRole('tab', { name: 'Type' }).click();
      await look(page, 'signing-type');
    });
  },
  'a character no typeface has': async () => {
    const id = await stage.send();
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await marker(page, 'text').click();
      await page.getByRole('textbox', { name: 'Title' }).fill('Director 😀');
      await button(page, 'Use this').click();
      await page.getByText('No typeface here can write 😀. Use other characters.').first().waitFor();
      await look(page, 'signing-glyph');
    });
  },
  ready: async () => {
    const id = await stage.send(signature);
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await typeSignature(page);
      await page.getByText('Everything is filled in').waitFor();
      await look(page, 'signing-ready');
    });
  },
  'signed, and somebody else is next': async () => {
    const id = await stage.send(both);
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await typeSignature(page);
      await button(page, 'Finish and sign').click();
      await heading(page, 'You have signed').waitFor();
      assert.ok(await isFocused(heading(page, 'You have signed')));
      await look(page, 'signing-signed');
    });
  },
  'not your turn': async () => {
    const id = await stage.send(both);
    await open(
      widget,
      stage,
      id,
      async ({ page }) => {
        await heading(page, 'Not your turn yet').waitFor();
        await look(page, 'signing-waiting');
        await signs(stage, id, ada.email);
        await heading(page, 'Before you sign on screen').waitFor();
      },
      jonas.email,
    );
  },
  completed: async () => {
    const id = await stage.send(signature);
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await typeSignature(page);
      await button(page, 'Finish and sign').click();
      await heading(page, 'Signed and sealed').waitFor();
      await look(page, 'signing-completed');
    });
  },
  declined: async () => {
    const id = await stage.send();
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await button(page, /^More/).click();
      await button(page, 'Decline to sign').click();
      await page.locator('dialog').getByRole('button', { name: 'Decline to sign' }).click();
      await page.getByText('Say in a few words why.').waitFor();
      await look(page, 'signing-decline');
      await page.getByLabel('Your reason').fill('The rent on page 1 is not what we agreed');
      await page.locator('dialog').getByRole('button', { name: 'Decline to sign' }).click();
      await heading(page, 'You declined to sign').waitFor();
      await page.getByText('The rent on page 1 is not what we agreed').waitFor();
      await look(page, 'signing-declined');
    });
  },
  'closed before it was opened': async () => {
    const id = await stage.send(signature);
    const token = await stage.mint(id);
    await signs(stage, id, ada.email);
    assert.equal(await eventually(async () => (await stage.status(id)) === 'completed', 60_000), true);
    await widget.scene({ token }, async ({ page }) => {
      await heading(page, 'This document is closed').waitFor();
      await look(page, 'signing-closed');
    });
  },
  'voided meanwhile': async () => {
    const id = await stage.send();
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      await stage.ask('POST', id, '/void', { reason: 'The price was wrong' });
      await marker(page, 'checkbox').click();
      await heading(page, 'Harbor Leasing took this document back').waitFor();
      await page.getByText('The price was wrong').waitFor();
      await look(page, 'signing-voided');
    });
  },
  'expired meanwhile': async () => {
    const id = await stage.send(everyKind, { expires_at: new Date(widget.platform.clock.now + 60_000).toISOString() });
    await open(widget, stage, id, async ({ page }) => {
      await agree(page);
      widget.pass(61_000);
      await marker(page, 'checkbox').click();
      await heading(page, 'This document has expired').waitFor();
      await look(page, 'signing-expired');
    });
  },
  'declined by somebody else': async () => {
    const id = await stage.send(both);
    await open(
      widget,
      stage,
      id,
      async ({ page }) => {
        await heading(page, 'Not your turn yet').waitFor();
        await declines(stage, id, ada.email, 'Not at this price');
        await heading(page, 'Ada Nordin declined to sign').waitFor();
        await look(page, 'signing-declined-by-other');
      },
      jonas.email,
    );
  },
  offline: async () => {
    const id = await stage.send();
    await open(widget, stage, id, async ({ page, context }) => {
      await agree(page);
      await context.setOffline(true);
      await heading(page, 'You are offline').waitFor();
      await marker(page, 'checkbox').click();
      await page.getByText('Not saved yet').waitFor();
      await look(page, 'signing-offline');
      await context.setOffline(false);
      await page.getByText(/^Saved/).waitFor();
      assert.equal(await heading(page, 'You are offline').count(), 0);
    });
  },
  'the document does not come': async () => {
    const id = await stage.send();
    const prepare = (page: Page) => page.route('**/ceremony/document', (route) => route.abort());
    await open(
      widget,
      stage,
      id,
      async ({ page }) => {
        await page.getByRole('checkbox').check();
        await button(page, /^Agree/).click();
        await heading(page, 'The document did not come').waitFor();
        await look(page, 'signing-lost');
        await page.unroute('**/ceremony/document');
        await button(page, 'Try again').click();
        await page.locator('.textLayer span').first().waitFor({ state: 'attached' });
      },
      ada.email,
      prepare,
    );
  },
  'other bytes come than are to be signed': async () => {
    const id = await stage.send();
    const prepare = (page: Page) =>
      page.route('**/ceremony/document', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: Buffer.concat([await response.body(), Buffer.from('\n')]) });
      });
    await open(
      widget,
      stage,
      id,
      async ({ page }) => {
        await page.getByRole('checkbox').check();
        await button(page, /^Agree/).click();
        await heading(page, 'The document has changed on its way').waitFor();
        assert.equal(await page.locator('.desk').count(), 0, 'and they are not shown');
        await look(page, 'signing-changed');
      },
      ada.email,
      prepare,
    );
  },
};

async function typeSignature(page: Page): Promise<void> {
  await marker(page, 'signature').click();
  await page.getByRole('tab', { name: 'Type' }).click();
  await button(page, 'Use this signature').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}

for (const [name, play] of Object.entries(states))
  test(`${name}: reached through the real servers, nothing for axe to say, light and dark, narrow and wide`, play);

test('from right to left the view stands mirrored, and the paper does not', async () => {
  const id = await stage.send();
  await open(
    widget,
    stage,
    id,
    async ({ page }) => {
      await agree(page);
      const [pages, desk] = await Promise.all(['.pages', '.desk'].map((name) => page.locator(name).boundingBox()));
      assert.ok(pages && desk && pages.x > desk.x, 'the small pages are at the right');
      assert.equal(await page.locator('.desk').getAttribute('dir'), 'ltr');
      const [field, paper] = await Promise.all([marker(page, 'signature').boundingBox(), page.locator('.page').last().boundingBox()]);
      assert.ok(field && paper && field.x - paper.x < paper.width / 4, 'the field is at the left of its page');
      await look(page, 'signing-rtl');
    },
    ada.email,
    undefined,
    { dir: 'rtl', lang: 'ar' },
  );
});
