import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../browser.ts';
import { fillDetails } from '../journey/stage.ts';
import { type StartedGateway, startGateway } from '../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../start-platform.ts';
import { ada, createVisitor, mintedToken } from '../visitor.ts';
import { type Host, type Placement, startHost } from './host.ts';
import { bringAxe, look } from './look.ts';

let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
let host: Host;
let browser: Browser;
let ticking: NodeJS.Timeout;
let customers = 0;

before(async () => {
  platform = await startPlatform({ now: Date.now() });
  gateway = await startGateway({ vendorUrl: platform.url, vendorDeadline: 1_500 });
  host = await startHost(gateway.url);
  partner = await gateway.partner({
    origins: [host.origin],
    vendorKeys: { scribeless: platform.keys.scribeless, kelviq: platform.keys.kelviq },
  });
  browser = await openBrowser();
  // The platform's clock stands still unless it is moved; here it goes like everybody's.
  ticking = setInterval(() => {
    platform.clock.now += 100;
  }, 100);
});
after(async () => {
  clearInterval(ticking);
  await browser.close();
  host.close();
  await gateway.close();
  await platform.close();
});

const newCustomer = (): string => {
  customers += 1;
  return `s-${customers}`;
};
const pass = (ms: number): void => {
  platform.clock.now += ms;
  gateway.clock.advance(ms);
};

interface Scene {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly customer: string;
}
interface Setting extends Placement {
  /** What the partner tells of the customer. */
  readonly profile?: object;
  readonly prepare?: (page: Page) => Promise<unknown>;
  readonly customer?: string;
}

/** A page with the tag, for a customer of its own. Every complaint of the browser's policies fails the test. */
async function scene(
  { profile = {}, prepare, customer = newCustomer(), ...placement }: Setting,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const mint = () => mintedToken(gateway.url, partner.key, { customer: { external_id: customer, ...profile } });
  host.give = mint;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('policy:')) violations.push(message.text());
  });
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    ),
  );
  await bringAxe(page);
  await prepare?.(page);
  await page.goto(host.page(placement.token === undefined ? { fetches: true, ...placement } : placement));
  await play({ page, context, customer });
  assert.deepEqual(violations, []);
  await context.close();
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });
const toAccounts = async (page: Page, email: string) => {
  await fillDetails(page, email);
  await page.getByRole('button', { name: 'Continue to accounts' }).click();
};
/** A customer whose details were sent before the page opens. */
async function submitted(email: string): Promise<string> {
  const customer = newCustomer();
  const visitor = await createVisitor(gateway.url, host.origin, gateway.clock.now);
  await visitor.open(await mintedToken(gateway.url, partner.key, { customer: { external_id: customer } }));
  await visitor.run();
  assert.equal((await visitor.submit({ ...ada, email })).status, 200);
  return customer;
}

const states: Record<string, () => Promise<void>> = {
  loading: () =>
    scene({ prepare: (page) => page.route('**/embed/onboarding', () => {}) }, async ({ page }) => {
      await page.getByText('Loading your set-up').waitFor({ state: 'attached' });
      await look(page, 'loading');
    }),
  'loading-slow': () =>
    scene({ prepare: (page) => Promise.all([page.clock.install(), page.route('**/embed/onboarding', () => {})]) }, async ({ page }) => {
      await page.getByText('Loading your set-up').waitFor({ state: 'attached' });
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
      await page.locator('[part=saved]', { hasText: /^Saved/ }).waitFor();
      await look(page, 'details-filled-and-locked');
    }),
  errors: () =>
    scene({}, async ({ page }) => {
      await fillDetails(page, 'ada@');
      await page.getByLabel('VAT number').fill('SE5569124471');
      await page.getByRole('button', { name: 'Continue to accounts' }).click();
      const summary = page.getByRole('alert');
      await summary.getByText('2 answers need another look').waitFor();
      assert.ok(await summary.evaluate((node) => node === (node.getRootNode() as ShadowRoot).activeElement), 'the summary has the focus');
      await look(page, 'errors');
      await summary.getByRole('link').first().click();
      assert.equal(await page.getByLabel('VAT number').evaluate((node) => node === (node.getRootNode() as ShadowRoot).activeElement), true);
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
      await page.locator('[part=saved]', { hasText: /^Saved/ }).waitFor();
    }),
  elsewhere: () =>
    scene({}, async ({ page, customer }) => {
      await page.getByLabel('City').waitFor();
      const other = await createVisitor(gateway.url, host.origin, gateway.clock.now);
      await other.open(await mintedToken(gateway.url, partner.key, { customer: { external_id: customer } }));
      const { revision } = await other.run();
      await other.call('PATCH', '/embed/onboarding/draft', { values: { first_name: 'Astrid' } }, { 'if-match': `"r${revision}"` });
      await page.getByLabel('City').fill('Lund');
      await heading(page, 'This form is also open somewhere else').waitFor();
      assert.equal(await page.getByLabel('First name').inputValue(), 'Astrid');
      assert.equal(await page.getByLabel('City').inputValue(), 'Lund');
      await look(page, 'elsewhere');
    }),
  'accounts-working': () =>
    scene({}, async ({ page }) => {
      await toAccounts(page, 'working+slow@nordin.example');
      await heading(page, 'Opening your accounts').waitFor();
      await page.getByText('Waiting for the account to be ready', { exact: true }).waitFor();
      await look(page, 'accounts-working');
    }),
  'accounts-ready': () =>
    scene({}, async ({ page }) => {
      await toAccounts(page, 'ready@nordin.example');
      await page.getByText('Waiting for the account to be ready', { exact: true }).waitFor();
      pass(5_000);
      await heading(page, 'Your accounts are open').waitFor();
      await look(page, 'accounts-ready');
    }),
  'accounts-unknown': async () =>
    scene({ customer: await submitted('unknown+500-after@nordin.example') }, async ({ page }) => {
      await heading(page, /We don’t know yet/).waitFor();
      await look(page, 'accounts-unknown');
    }),
  refused: () =>
    scene({}, async ({ page }) => {
      await toAccounts(page, 'taken+409@nordin.example');
      await page.getByText('This e-mail already has an account at Kelviq. Use another one.').first().waitFor();
      assert.equal(await page.getByLabel('Work e-mail').getAttribute('aria-invalid'), 'true');
      await look(page, 'refused');
      await page.getByLabel('Work e-mail').fill('another@nordin.example');
      await page.getByRole('button', { name: 'Continue to accounts' }).click();
      await heading(page, 'Opening your accounts').waitFor();
    }),
  sent: () =>
    scene({}, async ({ page }) => {
      await toAccounts(page, 'sent@nordin.example');
      await page.getByRole('button', { name: 'Back to details' }).click();
      await heading(page, 'Your details').waitFor();
      await look(page, 'sent');
    }),
  billing: async () => {
    const customer = await submitted('billing@nordin.example');
    await scene({ customer }, async ({ page }) => {
      await page.getByText('Waiting for the account to be ready', { exact: true }).waitFor();
      pass(5_000);
      await page.getByRole('button', { name: 'Continue to billing' }).click();
      await heading(page, 'Set up payment').waitFor();
      await page.getByRole('button', { name: /Open the payment page/ }).waitFor();
      await look(page, 'billing');
      const markup = await page.evaluate(() => document.querySelector('inlay-widget')?.shadowRoot?.innerHTML ?? '');
      assert.ok(!markup.includes('sessionId'), 'the payment page’s address is not in the page');
    });
  },
  done: async () =>
    scene({ customer: await submitted('done+invoice@nordin.example') }, async ({ page }) => {
      await heading(page, /Opening your accounts|Your accounts are open|You’re set up/).waitFor();
      pass(5_000);
      await heading(page, 'You’re set up').waitFor();
      await look(page, 'done');
    }),
  'error-lost': () =>
    scene({ prepare: (page) => page.route('**/embed/session', (route) => route.abort()) }, async ({ page }) => {
      await heading(page, 'We could not load your set-up').waitFor({ timeout: 20_000 });
      await look(page, 'error-lost');
      await page.unroute('**/embed/session');
      await page.getByRole('button', { name: 'Try again' }).click();
      await heading(page, 'About your company').waitFor();
    }),
  'error-used': async () => {
    const token = await mintedToken(gateway.url, partner.key, { customer: { external_id: newCustomer() } });
    const first = await createVisitor(gateway.url, host.origin, gateway.clock.now);
    await first.open(token);
    await scene({ token }, async ({ page }) => {
      await heading(page, 'This link was already used').waitFor();
      assert.equal(await page.getByRole('button').count(), 0, 'no dead button');
      await look(page, 'error-used');
    });
  },
  'error-origin': async () => {
    await gateway.admin('POST', `/api/v1/admin/partners/${partner.id}/origins`, { origin: 'https://elsewhere.example' });
    const token = await mintedToken(gateway.url, partner.key, {
      customer: { external_id: newCustomer() },
      origins: ['https://elsewhere.example'],
    });
    await scene({ token }, async ({ page }) => {
      await heading(page, 'This page cannot be opened here').waitFor();
      await look(page, 'error-origin');
    });
  },
  suspended: () =>
    scene({}, async ({ page }) => {
      await page.getByLabel('City').waitFor();
      await gateway.admin('PATCH', `/api/v1/admin/partners/${partner.id}`, { status: 'SUSPENDED' });
      try {
        await page.getByLabel('City').fill('Lund');
        await heading(page, 'This page is paused').waitFor();
        await look(page, 'suspended');
      } finally {
        await gateway.admin('PATCH', `/api/v1/admin/partners/${partner.id}`, { status: 'ACTIVE' });
      }
    }),
  'no-token': () =>
    scene({ fetches: false, prepare: (page) => page.clock.install() }, async ({ page }) => {
      await page.waitForFunction(() => customElements.get('inlay-widget'));
      await page.clock.fastForward(16_000);
      await heading(page, /Your portal did not open this page|This page cannot be opened here/).waitFor();
      await look(page, 'no-token');
    }),
  'closing-soon-and-expired': async () => {
    const token = await mintedToken(gateway.url, partner.key, { customer: { external_id: newCustomer() } });
    await scene({ token, prepare: (page) => page.clock.install({ time: gateway.clock.now() }) }, async ({ page }) => {
      await page.getByLabel('City').waitFor();
      // Twelve hours less a minute, in steps after which a session token is due to be refreshed and still good.
      for (let left = 719 * 60_000; left > 0; left -= 725_000) {
        const step = Math.min(725_000, left);
        const refreshed = page.waitForResponse((answer) => answer.url().endsWith('/refresh') && answer.ok());
        pass(step);
        await page.clock.fastForward(step);
        if (step < 725_000) break;
        await (await refreshed).finished();
        // The page has read the answer before time goes on: a jump in between would end the session that it was about to go on with.
        await page.evaluate(() => undefined);
      }
      await heading(page, /^This page closes at/).waitFor();
      await look(page, 'closing-soon');
      pass(120_000);
      await page.clock.fastForward(120_000);
      await heading(page, 'This page has been open too long').waitFor();
      await look(page, 'expired');
    });
  },
};

for (const [name, play] of Object.entries(states))
  test(`${name}: reached through the real servers, nothing for axe to say, light and dark, narrow and wide`, play);

test('from right to left, with a locale whose words are not there yet, the form stands mirrored', () =>
  scene({ dir: 'rtl', lang: 'ar' }, async ({ page }) => {
    await heading(page, 'About your company').waitFor();
    const [rail, form] = await Promise.all(['nav', 'form'].map((name) => page.locator(`inlay-widget ${name}`).first().boundingBox()));
    assert.ok(rail && form && rail.x > form.x, 'the rail is at the right');
    await look(page, 'rtl');
  }));
