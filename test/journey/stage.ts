import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { agreementStep, makeAgreement } from '../../server/demo/agreement.ts';
import { listen } from '../../server/http/listen.ts';
import { portal } from '../../server/portal/portal.ts';
import type { Flow } from '../../shared/onboarding/flow.ts';
import { openBrowser, patience } from '../browser.ts';
import { putDocument } from '../gateway/world/agreement.ts';
import { answered } from '../gateway/world/answers.ts';
import { type Running, runs } from '../running-platform.ts';
import { freePort, type GatewayOptions, type StartedGateway, startGateway } from '../start-gateway.ts';
import { noon, type StartedPlatform, startPlatform } from '../start-platform.ts';

/** Everything a journey walks through: platform, gateway, the demo's own portal, a stranger's site, and a real browser. */
export interface Stage {
  readonly platform: StartedPlatform;
  readonly gateway: StartedGateway;
  readonly partner: { id: string; key: string };
  readonly portalUrl: string;
  readonly hostileUrl: string;
  readonly browser: Browser;
  /** Time passes for all servers alike. */
  pass(ms: number): void;
  readonly hold: Running['hold'];
  close(): Promise<void>;
}

/** With `agreement` the flow has the demo's lease agreement signed between accounts and billing. */
export async function setStage({ agreement = false, ...options }: GatewayOptions & { agreement?: boolean } = {}): Promise<Stage> {
  const platform = await startPlatform({ now: noon() });
  const gateway = await startGateway({ vendorUrl: platform.url, ...options });
  const port = await freePort();
  const portalUrl = `http://127.0.0.1:${port}`;
  const { scribeless, kelviq, loyva } = platform.keys;
  const vendorKeys = { scribeless, kelviq, ...(agreement && { loyva }) };
  const partner = await gateway.partner({ origins: [portalUrl], vendorKeys });
  if (agreement) await bringAgreement(gateway, partner.id);
  const site = await listen(portal({ gatewayUrl: gateway.url, partnerKey: partner.key, platformUrl: platform.url }), port, '127.0.0.1');
  const hostile = await strangersSite();
  const browser = await openBrowser();
  const running = runs(platform);
  return {
    platform,
    gateway,
    partner,
    portalUrl,
    hostileUrl: `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`,
    browser,
    pass(ms) {
      platform.clock.now += ms;
      gateway.clock.advance(ms);
    },
    hold: running.hold,
    async close() {
      await running.stop();
      await browser.close();
      hostile.closeAllConnections();
      hostile.close();
      await site.close(0);
      await gateway.close();
      await platform.close();
    },
  };
}

/** The demo's agreement and flow, put as an administrator does. */
async function bringAgreement(gateway: StartedGateway, partnerId: string): Promise<void> {
  const base = `/api/v1/admin/partners/${partnerId}/flow`;
  await answered(putDocument(gateway, partnerId, await makeAgreement()));
  const { flow } = await answered<{ flow: Flow }>(gateway.admin('GET', base));
  const signer = { email: 'email', name: ['first_name', 'last_name'], role: 'Lessee' };
  const steps = flow.steps.map((step) => (step.kind === 'sign' ? { ...step, ...agreementStep, signer } : step));
  await answered(gateway.admin('PUT', base, { steps }));
}

/** A page of somebody else, with no policy that would hinder it. */
async function strangersSite(): Promise<Server> {
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A page that remembers every complaint: policy violations, uncaught errors, errors on the console. */
export async function watchedPage(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  return { page, complaints };
}

/** Fills in the form of the default flow as a customer does. */
export async function fillDetails(page: Page, email: string): Promise<void> {
  await page.getByLabel('Registered name').fill('Nordin Tryck & Papper AB');
  await page.getByLabel('Country').selectOption({ label: 'Sweden' });
  await page.getByLabel('Registration number').fill('556912-4471');
  await page.getByLabel('City').fill('Göteborg');
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill('Nordin');
  await page.getByLabel('Work e-mail').fill(email);
  await page.getByLabel('I may sign for this company').check();
}

/** The mark that answers are kept: of another day (midnight passes, a clock is moved), its time begins with the day. */
export const saved = (page: Page) => page.locator('[part=saved]', { hasText: /^Saved .*\d/ });

/** The customer types a city, and the gateway has it: a mark alone may still be that of what was typed before. */
export async function keepsCity(page: Page, city: string): Promise<void> {
  const kept = page.waitForResponse(
    (answer) => answer.request().method() === 'PATCH' && answer.ok() && (answer.request().postData() ?? '').includes(JSON.stringify(city)),
  );
  await page.getByLabel('City').fill(city);
  await kept;
}
