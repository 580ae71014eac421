import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exportJWK } from 'jose';
import { eventually } from '../start-gateway.ts';
import { createVisitor, mintedToken, proof } from '../visitor.ts';
import { fillDetails, keepsCity, type Stage, saved, setStage, watchedPage } from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.close());

test('a customer is onboarded in the partner’s page: filled in, reloaded, gone on in another browser, provisioned, billed, done', async () => {
  const first = await stage.browser.newContext();
  const { page, complaints } = await watchedPage(first);
  await page.goto(stage.portalUrl);
  await page.getByRole('button', { name: 'Onboard customer' }).click();
  await page.waitForURL(/\/customers\/hl-/);
  await page.getByLabel('Registered name').fill('Nordin Tryck & Papper AB');
  await keepsCity(page, 'Göteborg');
  await saved(page).waitFor();

  await page.reload();
  await page.getByLabel('City').waitFor();
  assert.equal(await page.getByLabel('City').inputValue(), 'Göteborg');

  const second = await stage.browser.newContext();
  const other = await watchedPage(second);
  await other.page.goto(page.url());
  await other.page.getByLabel('Registered name').waitFor();
  assert.equal(await other.page.getByLabel('Registered name').inputValue(), 'Nordin Tryck & Papper AB');
  await fillDetails(other.page, 'ada@nordintryck.example');
  await stage.hold(async () => {
    await other.page.getByRole('button', { name: 'Continue to accounts' }).click();
    await other.page.getByRole('heading', { name: 'Opening your accounts' }).waitFor();
  });
  stage.pass(5_000);
  await other.page.getByRole('button', { name: 'Continue to billing' }).click();

  await page.reload();
  await page.getByRole('heading', { name: 'Set up payment' }).waitFor();
  const opening = first.waitForEvent('page');
  await page.getByRole('button', { name: /Open the payment page/ }).click();
  const checkout = await opening;
  await checkout.getByRole('button').click();
  await checkout.waitForLoadState();
  stage.pass(5_000);
  await page.getByRole('heading', { name: 'You’re set up' }).waitFor();
  await other.page.getByRole('heading', { name: 'You’re set up' }).waitFor();

  assert.deepEqual(stage.platform.counts(), { teams: 1, kelviq: 1, organizations: 1 });
  assert.equal(await page.locator('inlay-widget').getAttribute('token'), null);
  assert.deepEqual([...complaints, ...other.complaints], []);
  await first.close();
  await second.close();
});

test('a hostile page gets nothing with a stolen embed token, nor with a stolen session', async () => {
  const { portalUrl, hostileUrl, gateway, partner, browser } = stage;
  const token = await mintedToken(gateway.url, partner.key, { customer: { external_id: 'stolen' } });
  const victim = await createVisitor(gateway.url, portalUrl);
  const page = await browser.newPage();
  await page.goto(hostileUrl);

  /** A call from the hostile page, with proofs by its own key. Chromium sends its true origin whatever the script says. */
  const attempt = async (method: string, path: string, stolen: string) => {
    const thief = await createVisitor(gateway.url, hostileUrl);
    const made = await proof({ method, url: gateway.url + path, token: stolen, pair: thief.pair });
    const headers = { authorization: `DPoP ${stolen}`, dpop: made, 'content-type': 'application/json' };
    return page.evaluate(
      ([url, init]) =>
        fetch(url, init).then(
          (answer) => `read ${answer.status}`,
          () => 'refused by the browser',
        ),
      [gateway.url + path, { method, headers, ...(method === 'POST' && { body: '{}' }) }] as const,
    );
  };

  assert.equal(await attempt('POST', '/embed/session', token), 'refused by the browser');
  assert.equal((await victim.open(token)).status, 201, 'the customer is not harmed');
  assert.equal(await attempt('GET', '/embed/onboarding', victim.token), 'refused by the browser');

  // The same theft without a browser in between, where any header can be made up: from the hostile origin, and pretending to be the portal.
  const elsewhere = await createVisitor(gateway.url, hostileUrl);
  assert.equal((await elsewhere.open(token)).status, 403);
  assert.equal((await elsewhere.call('GET', '/embed/onboarding', undefined, {}, victim.token)).status, 403);
  const thief = await createVisitor(gateway.url, portalUrl);
  assert.equal((await thief.call('GET', '/embed/onboarding', undefined, {}, victim.token)).status, 401);
  assert.equal((await thief.open(token)).status, 401);
  assert.notDeepEqual(await exportJWK(thief.pair.publicKey), await exportJWK(victim.pair.publicKey));
  await page.close();
});

test('a suspended partner’s page says so at once, and goes on when it is back', async () => {
  const { page } = await watchedPage(await stage.browser.newContext());
  await page.goto(stage.portalUrl);
  await page.getByRole('button', { name: 'Onboard customer' }).click();
  await page.getByLabel('City').fill('Lund');
  await saved(page).waitFor();
  await stage.gateway.admin('PATCH', `/api/v1/admin/partners/${stage.partner.id}`, { status: 'SUSPENDED' });
  await page.getByLabel('City').fill('Malmö');
  await page.getByRole('heading', { name: 'This page is paused' }).waitFor();
  await stage.gateway.admin('PATCH', `/api/v1/admin/partners/${stage.partner.id}`, { status: 'ACTIVE' });
  await page.reload();
  assert.equal(await eventually(() => page.getByLabel('City').inputValue()), 'Lund');
  await page.context().close();
});
