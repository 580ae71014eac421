import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser, patience, whatIsShown } from '../../browser.ts';
import { fillDetails } from '../../journey/stage.ts';
import { type Running, runs } from '../../running-platform.ts';
import { type GatewayOptions, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { noon, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, createVisitor, mintedToken } from '../../visitor.ts';
import { type Host, type Placement, startHost } from './host.ts';

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
  /** What the page's fetchToken gives; a fresh token when left out. */
  readonly give?: Host['give'];
  /** No time passes for the platform but what the scene lets pass: what is over by itself in seconds is seen on a busy machine too. */
  readonly still?: boolean;
}

/** What the scenes of a test file are played on: the real servers, a partner's page and a browser, there from its first test to its last. */
export class WidgetStage {
  platform!: StartedPlatform;
  gateway!: StartedGateway;
  /** With both vendors, and with Scribeless alone. */
  partner!: { id: string; key: string };
  lone!: { id: string; key: string };
  host!: Host;
  #browser!: Browser;
  #running!: Running;
  #customers = 0;

  /** `options` are asked for when the file begins: they may name servers that start then. */
  constructor(options: () => Promise<GatewayOptions> = async () => ({})) {
    before(async () => this.#open(await options()));
    after(() => this.#close());
  }

  async #open(options: GatewayOptions): Promise<void> {
    const platform = await startPlatform({ now: noon() });
    this.platform = platform;
    this.gateway = await startGateway({ vendorUrl: platform.url, ...options });
    this.host = await startHost(this.gateway.url);
    const { scribeless, kelviq } = platform.keys;
    const origins = [this.host.origin];
    this.partner = await this.gateway.partner({ origins, vendorKeys: { scribeless, kelviq } });
    const other = await platform.seed('Lone Leasing');
    this.lone = await this.gateway.partner({ origins, vendorKeys: { scribeless: other.scribeless } });
    this.#browser = await openBrowser();
    this.#running = runs(platform);
  }

  async #close(): Promise<void> {
    await this.#running.stop();
    await this.#browser.close();
    this.host.close();
    await this.gateway.close();
    await this.platform.close();
  }

  newCustomer(): string {
    this.#customers += 1;
    return `s-${this.#customers}`;
  }

  /** No time passes for the platform until the work is done, but what `pass` lets pass. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    return this.#running.hold(work);
  }

  /** Time passes for the servers. */
  pass(ms: number): void {
    this.platform.clock.now += ms;
    this.gateway.clock.advance(ms);
  }

  mint(customer = this.newCustomer(), more: object = {}, partner = this.partner): Promise<string> {
    const { profile, ...body } = more as { profile?: object };
    return mintedToken(this.gateway.url, partner.key, { customer: { external_id: customer, ...profile }, ...body });
  }

  /** Another browser of this customer, or its first. */
  async visitor(customer: string, partner = this.partner) {
    const visitor = await createVisitor(this.gateway.url, this.host.origin, this.gateway.clock.now);
    await visitor.open(await this.mint(customer, {}, partner));
    return visitor;
  }

  /** A customer whose details were sent before the page opens. */
  async submitted(email: string, partner = this.partner) {
    const customer = this.newCustomer();
    const visitor = await this.visitor(customer, partner);
    await visitor.run();
    assert.equal((await visitor.submit({ ...ada, email })).status, 200);
    return { customer, visitor };
  }

  /** A page with the tag, for a customer of its own. Every complaint of the browser's policies fails the test. */
  async scene(
    { profile = {}, prepare, customer = this.newCustomer(), give, still = false, ...placement }: Setting,
    play: (scene: Scene) => Promise<void>,
    partner = this.partner,
  ): Promise<void> {
    this.host.give = give ?? (() => this.mint(customer, { profile }, partner));
    // Nothing here is about motion, of which the browser draws every frame.
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(patience);
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
    await prepare?.(page);
    await page.goto(this.host.page(placement.token === undefined ? { fetches: true, ...placement } : placement));
    try {
      const played = () => play({ page, context, customer });
      await (still ? this.hold(played) : played());
      assert.deepEqual(violations, []);
    } catch (error) {
      await this.#tell(page, customer, partner).catch(() => {});
      throw error;
    } finally {
      await context.close();
    }
  }

  /** What the page and the servers were at when a scene failed: a fault that only shows under load is seen once. */
  async #tell(page: Page, customer: string, partner: { key: string }): Promise<void> {
    const headers = { 'x-api-key': partner.key };
    const runs = await fetch(`${this.gateway.url}/partner/runs?external_id=${customer}`, { headers });
    console.error('the page:', await whatIsShown(page));
    console.error('the runs:', await runs.text());
    console.error('reported:', this.gateway.reported);
  }
}

export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });
export const go = (page: Page) => page.getByRole('button', { name: 'Continue to accounts' }).click();
export const saved = (page: Page) => page.locator('[part=saved]', { hasText: /^Saved/ }).waitFor();

export async function toAccounts(page: Page, email: string): Promise<void> {
  await fillDetails(page, email);
  await go(page);
}

/** Has the focus inside the tag. */
export const isFocused = (locator: ReturnType<Page['locator']>): Promise<boolean> =>
  locator.evaluate((node) => node === (node.getRootNode() as ShadowRoot).activeElement);
