import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heading, saved, toAccounts, WidgetStage } from '../world/stage.ts';

/**
 * Of the six secrets that may reach the page, three exist in this version: the embed token, the session token and the vendor's
 * billing address. Signing links, signed download addresses and a team token's secret come with signing, the vault and the team page.
 */
const widget = new WidgetStage();

/** The longest part of an address. */
const secretOf = (url: string): string => url.split(/[/?=&#]/).reduce((one, other) => (other.length > one.length ? other : one), '');

const walks: Record<string, { token?: string; fetches?: boolean }> = { 'the attribute': {}, fetchToken: { fetches: true } };
for (const [way, placement] of Object.entries(walks))
  test(`after a whole journey with a token from ${way}, the page holds none of its secrets`, async () => {
    const customer = widget.newCustomer();
    const embedToken = await widget.mint(customer, {}, widget.lone);
    const setting = placement.fetches ? { customer, give: async () => embedToken } : { customer, token: embedToken };
    const sessionTokens = new Set<string>();
    const billing = { url: '' };
    await widget.scene(
      {
        ...setting,
        prepare: async (page) => {
          page.on('request', (request) => {
            const [, token = ''] = request.headers().authorization?.split(' ') ?? [];
            if (token && token !== embedToken) sessionTokens.add(token);
          });
          page.on('response', async (answer) => {
            if (answer.url().endsWith('/steps/billing') && answer.request().method() === 'POST' && answer.ok())
              billing.url = ((await answer.json()) as { billing_url: string }).billing_url;
          });
        },
        still: true,
      },
      async ({ page, context }) => {
        const found: string[] = [];
        const search = async (where: string) => {
          const said = await page.evaluate(() => {
            const root = document.querySelector('inlay-widget')?.shadowRoot;
            const values = [...(root?.querySelectorAll('input, select') ?? [])].map((field) => (field as HTMLInputElement).value);
            return JSON.stringify({
              markup: document.documentElement.outerHTML + root?.innerHTML + values.join(' '),
              loaded: performance.getEntries().map(({ name }) => name),
              stored: [{ ...localStorage }, { ...sessionStorage }, document.cookie],
              place: [history.state, location.href, document.referrer, window.name],
            });
          });
          const secrets = { 'embed token': embedToken, 'billing address': billing.url, 'billing secret': secretOf(billing.url) };
          const all = [...Object.entries(secrets), ...[...sessionTokens].map((token) => ['session token', token] as const)];
          for (const [name, value] of all)
            for (const form of [value, encodeURIComponent(value), value.replaceAll('&', '&amp;'), value.split('.').at(-1) ?? ''])
              if (form && said.includes(form)) found.push(`${name} ${where}`);
        };
        await page.getByLabel('City').fill('Lund');
        await saved(page);
        await search('on the form');
        await toAccounts(page, `canary-${customer}+slow@nordin.example`);
        await heading(page, 'Opening your account').waitFor();
        await search('while the accounts are opened');
        await page.getByText('Waiting for the account to be ready', { exact: true }).waitFor();
        widget.pass(20_000);
        await page.getByRole('button', { name: 'Continue to billing' }).click();
        const button = page.getByRole('button', { name: /Open the payment page/ });
        await button.waitFor();
        const opening = context.waitForEvent('page');
        await button.click();
        const checkout = await opening;
        assert.equal(checkout.url(), billing.url, 'the payment page is opened by its address');
        assert.equal(await checkout.evaluate(() => window.opener), null);
        await search('while it is paid');
        await checkout.getByRole('button').click();
        await checkout.waitForLoadState();
        widget.pass(5_000);
        await heading(page, 'You’re set up').waitFor();
        await search('at the end');
        assert.ok(sessionTokens.size > 0 && secretOf(billing.url).length > 20, 'all three were on the way');
        assert.deepEqual(found, []);
      },
      widget.lone,
    );
  });
