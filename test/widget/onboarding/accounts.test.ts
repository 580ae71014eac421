import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillDetails } from '../../journey/stage.ts';
import { eventually } from '../../start-gateway.ts';
import { look } from '../world/look.ts';
import { go, heading, saved, toAccounts, WidgetStage } from '../world/stage.ts';

const widget = new WidgetStage();
const scene = widget.scene.bind(widget);
/** A customer whose only account is ready, and who is to pay. */
const toBilling = async () => {
  const { customer, visitor } = await widget.submitted('billing@nordin.example', widget.lone);
  await eventually(async () => {
    widget.pass(1_000);
    return (await visitor.run()).billing?.state === 'needed';
  });
  return customer;
};

const states: Record<string, () => Promise<void>> = {
  'loading-slow': () =>
    scene({ prepare: (page) => Promise.all([page.clock.install(), page.route('**/embed/onboarding', () => {})]) }, async ({ page }) => {
      await page.getByText('Loading this page').waitFor({ state: 'attached' });
      await page.clock.fastForward(9_000);
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      await look(page, 'loading-slow');
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
  'accounts-working': () =>
    scene({ still: true }, async ({ page }) => {
      await toAccounts(page, 'working+slow@nordin.example');
      await heading(page, 'Opening your accounts').waitFor();
      await page.getByText('Waiting for the account to be ready', { exact: true }).waitFor();
      await look(page, 'accounts-working');
    }),
  'accounts-ready': () =>
    scene({ still: true }, async ({ page }) => {
      await toAccounts(page, 'ready+slow@nordin.example');
      await page.getByText('Waiting for the account to be ready', { exact: true }).waitFor();
      widget.pass(20_000);
      await heading(page, 'Your accounts are open').waitFor();
      await look(page, 'accounts-ready');
    }),
  'accounts-unknown': async () => {
    const { customer } = await widget.submitted('unknown+500-after@nordin.example');
    await scene({ customer }, async ({ page }) => {
      await heading(page, /We don’t know yet/).waitFor();
      await look(page, 'accounts-unknown');
    });
  },
  'accounts-unreached': () =>
    scene({ still: true }, async ({ page }) => {
      await toAccounts(page, 'unreached+slow@nordin.example');
      await heading(page, 'Opening your accounts').waitFor();
      await page.route('**/embed/onboarding', (route) => route.abort());
      await heading(page, 'The server does not answer').waitFor();
      await look(page, 'accounts-unreached');
      await page.unroute('**/embed/onboarding');
      await heading(page, 'The server does not answer').waitFor({ state: 'detached' });
    }),
  'accounts-offline': () =>
    scene({ still: true }, async ({ page, context }) => {
      await toAccounts(page, 'offline+slow@nordin.example');
      await heading(page, 'Opening your accounts').waitFor();
      await context.setOffline(true);
      await heading(page, 'You are offline').waitFor();
      await look(page, 'accounts-offline');
    }),
  'accounts-suspended': () =>
    scene({ still: true }, async ({ page }) => {
      await toAccounts(page, 'suspended+slow@nordin.example');
      await heading(page, 'Opening your accounts').waitFor();
      const partner = `/api/v1/admin/partners/${widget.partner.id}`;
      await widget.gateway.admin('PATCH', partner, { status: 'SUSPENDED' });
      try {
        await heading(page, 'This page is paused').waitFor();
        await look(page, 'accounts-suspended');
      } finally {
        await widget.gateway.admin('PATCH', partner, { status: 'ACTIVE' });
      }
    }),
  sent: () =>
    scene({ still: true }, async ({ page }) => {
      await toAccounts(page, 'sent@nordin.example');
      await page.getByRole('button', { name: 'Back to details' }).click();
      await heading(page, 'Your details').waitFor();
      await look(page, 'sent');
    }),
  'billing, put off, waited for and done': async () =>
    scene(
      { customer: await toBilling() },
      async ({ page, context }) => {
        await heading(page, 'Set up payment').waitFor();
        const button = page.getByRole('button', { name: /Open the payment page/ });
        await button.waitFor();
        await look(page, 'billing');
        await page.getByRole('button', { name: 'Do this later' }).click();
        await page.getByText('You can close this page. We keep your place.').last().waitFor();
        await look(page, 'billing-later');
        const opening = context.waitForEvent('page');
        await button.click();
        const checkout = await opening;
        await page.getByText(/Last asked/).waitFor();
        await look(page, 'billing-waiting');
        await checkout.getByRole('button').click();
        await checkout.waitForLoadState();
        widget.pass(5_000);
        await heading(page, 'You’re set up').waitFor();
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.getByRole('button', { name: /^Billing/ }).click();
        await heading(page, 'Payment is set up').waitFor();
        await look(page, 'billing-done');
      },
      widget.lone,
    ),
  'billing-theirs': async () => {
    const { customer, visitor } = await widget.submitted('theirs+500-after@nordin.example', widget.lone);
    const { run_id } = await eventually(async () => {
      const run = await visitor.run();
      return run.accounts[0]?.state === 'unknown' && run;
    });
    const answer = await fetch(`${widget.gateway.url}/partner/runs/${run_id}/adopt`, {
      method: 'POST',
      headers: { 'x-api-key': widget.lone.key, 'content-type': 'application/json' },
      body: JSON.stringify({ team_id: 'team_found_by_hand' }),
    });
    assert.equal(answer.status, 200);
    await scene(
      { customer },
      async ({ page }) => {
        await heading(page, 'You’re set up').waitFor();
        const facts = page.locator('dl');
        await facts.getByText('Harbor Leasing arranges it').waitFor();
        assert.equal(await page.getByText(/Set up \d|is set up/).count(), 0, 'nobody knows of a set-up');
        await look(page, 'done-theirs');
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.getByRole('button', { name: /^Billing/ }).click();
        await heading(page, 'Harbor Leasing arranges the payment').waitFor();
        await page.locator('nav').getByText('Harbor Leasing arranges it').waitFor();
        await look(page, 'billing-theirs');
      },
      widget.lone,
    );
  },
  'done, seen coming': () =>
    scene({}, async ({ page }) => {
      await fillDetails(page, 'done+invoice@nordin.example');
      await page.getByRole('button', { name: 'Continue to accounts' }).click();
      await heading(page, 'You’re set up').waitFor();
      await look(page, 'done');
    }),
  'done at load': async () => {
    const { customer, visitor } = await widget.submitted('already+invoice@nordin.example');
    await eventually(async () => {
      widget.pass(1_000);
      return (await visitor.run()).status === 'done';
    });
    await scene({ customer }, async ({ page }) => {
      await heading(page, 'You’re set up').waitFor();
      await look(page, 'done-at-load');
    });
  },
};

for (const [name, play] of Object.entries(states))
  test(`${name}: reached through the real servers, nothing for axe to say, light and dark, narrow and wide`, play);
