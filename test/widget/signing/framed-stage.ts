import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, patience } from '../../browser.ts';
import { signByTemplate } from '../../gateway/onboarding/template-flow.ts';
import { answered } from '../../gateway/world/answers.ts';
import { type Standin, startStandin } from '../../standin/standin.ts';
import { movableClock, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { mintedToken } from '../../visitor.ts';
import { type Host, type Placement, startHost } from '../world/host.ts';

export const ada = { email: 'ada@nordin.example', name: 'Ada Nordin', role: 'Lessee' } as const;

/** A vendor without a ceremony, a gateway, a partner's page and a browser, there from a test file's first test to its last. */
export class FramedStage {
  readonly clock = movableClock();
  loyva!: Standin;
  gateway!: StartedGateway;
  host!: Host;
  partner!: { id: string; key: string };
  #browser!: Browser;
  #customers = 0;

  constructor() {
    before(async () => {
      this.loyva = await startStandin({ clock: this.clock, rpm: 6_000 });
      this.gateway = await startGateway({ vendorUrl: this.loyva.url, clock: this.clock });
      this.host = await startHost(this.gateway.url);
      this.partner = await this.gateway.partner({ origins: [this.host.origin], vendorKeys: { loyva: this.loyva.key } });
      await signByTemplate(this.gateway, this.partner.id, this.loyva.templateId);
      this.#browser = await openBrowser();
    });
    after(async () => {
      await this.#browser.close();
      this.host.close();
      await this.gateway.close();
      await this.loyva.close();
    });
  }

  /** Sends an envelope to these signers; its id. */
  async send(...signers: { email: string; name: string; role: string }[]): Promise<string> {
    const body = { customer_email: ada.email, customer_name: ada.name, template_id: this.loyva.templateId, signers };
    const made = fetch(`${this.loyva.url}/api/v2/partner/envelopes`, {
      method: 'POST',
      headers: { 'x-api-key': this.loyva.key, 'content-type': 'application/json' },
      body: JSON.stringify(signers.length ? body : { ...body, signers: [ada] }),
    });
    return (await answered<{ data: { envelope_id: string } }>(made)).data.envelope_id;
  }

  mintSign = (envelope_id: string): Promise<string> =>
    mintedToken(this.gateway.url, this.partner.key, { widget_type: 'sign', envelope_id, user_email: ada.email, customer: undefined });

  mintCustomer(): Promise<string> {
    this.#customers += 1;
    return mintedToken(this.gateway.url, this.partner.key, { customer: { external_id: `framed-${this.#customers}` } });
  }

  /** A page with the tag. What the element tells is in `eventsOf`; what the page's policy refuses, in `violationsOf`. */
  async page(
    give: Host['give'],
    play: (page: Page) => Promise<void>,
    placement: Placement = { frames: this.loyva.url },
    prepare?: (page: Page) => Promise<unknown>,
  ) {
    this.host.give = give;
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    await page.addInitScript(() => {
      const told: string[] = [];
      Object.assign(window, { told });
      for (const type of ['inlay-ready', 'inlay-complete', 'inlay-declined', 'inlay-error'])
        document.addEventListener(type, (event) => {
          const { code = '', detail = '', run_id = '', envelope_id = '' } = event as unknown as Record<string, string>;
          told.push([type, code, detail, run_id, envelope_id].filter(Boolean).join(' '));
        });
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => told.push(`policy ${effectiveDirective}`));
    });
    await prepare?.(page);
    await page.goto(this.host.page({ fetches: true, ...placement }));
    try {
      await play(page);
    } finally {
      await context.close();
    }
  }
}

/** What the element told its page, and what the page's policy refused. */
export const told = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as { told: string[] }).told);

/** The vendor's page in the frame. */
export const vendorPage = (page: Page) => page.frameLocator('iframe');

/** Does on the vendor's page what a signer does. */
export async function act(page: Page, name: 'Sign' | 'Decline'): Promise<void> {
  const inside = vendorPage(page);
  if (name === 'Sign') await inside.getByRole('checkbox').check();
  await inside.getByRole('button', { name }).click();
}

/** The vendor's page's address, as the browser knows it. */
export const addressOf = (page: Page, vendor: string): string | undefined =>
  page
    .frames()
    .map((frame) => frame.url())
    .find((url) => url.startsWith(vendor));

/** The token that lets its bearer sign is where the frame went, and nowhere that the portal's page could read it. */
export async function assertNowhere(page: Page, address: string | undefined): Promise<void> {
  const token = new URL(address ?? '').hash.slice('#token='.length);
  assert.ok(token.length > 40);
  const kept = await page.evaluate(() => {
    const root = document.querySelector('inlay-widget')?.shadowRoot;
    return JSON.stringify([
      document.documentElement.outerHTML + root?.innerHTML,
      performance.getEntries().map(({ name }) => name),
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      location.href,
    ]);
  });
  for (const part of token.split('.')) assert.ok(!kept.includes(part), 'the page holds the token');
}
