import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

interface Opened {
  readonly key: string;
  readonly billing: string | undefined;
}
async function open(email: string): Promise<Opened> {
  const body = { email, firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin <Tryck> & "Papper"' };
  const { status, json } = await call(platform, 'POST', '/api/partner/teams', { 'X-API-Key': platform.keys.scribeless }, body);
  assert.equal(status, 200);
  return { key: (json.apiKey as { key: string }).key, billing: json.billingSetupUrl as string | undefined };
}
const status = async ({ key }: Opened) => (await call(platform, 'GET', '/api/account/status', { 'X-API-Key': key })).json;
const visit = (address: string) => call({ url: '' }, 'GET', address, {});
const pay = (secret: string) =>
  call(
    platform,
    'POST',
    '/checkout',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({ sessionId: secret }).toString(),
  );
const secretOf = (address = '') => new URL(address).searchParams.get('sessionId') ?? '';

test('templates are ready three seconds after the team was opened; campaigns wait for billing', async () => {
  const team = await open('phases@shop.example');
  platform.clock.now += 2_999;
  let now = await status(team);
  assert.deepEqual([now.templatesReady, now.canListTemplates, now.canCreateCampaigns], [false, false, false]);
  platform.clock.now += 1;
  now = await status(team);
  assert.deepEqual([now.templatesReady, now.canListTemplates, now.canCreateCampaigns], [true, true, false]);
  assert.equal(now.billingSetupUrl, team.billing);
  assert.equal((await pay(secretOf(team.billing))).status, 303);
  now = await status(team);
  assert.equal(now.canCreateCampaigns, true);
  assert.ok(!Object.hasOwn(now, 'billingSetupUrl'));
});

test('billing that is set up early does not make templates ready', async () => {
  const team = await open('early@shop.example');
  await pay(secretOf(team.billing));
  assert.equal((await status(team)).canCreateCampaigns, false);
  platform.clock.now += 3_000;
  assert.equal((await status(team)).canCreateCampaigns, true);
});

test('+slow takes twenty seconds', async () => {
  const team = await open('s+slow@shop.example');
  platform.clock.now += 19_999;
  assert.equal((await status(team)).templatesReady, false);
  platform.clock.now += 1;
  assert.equal((await status(team)).templatesReady, true);
});

test('+invoice needs no billing set-up at all', async () => {
  const team = await open('i+invoice@shop.example');
  assert.equal(team.billing, undefined);
  platform.clock.now += 3_000;
  const now = await status(team);
  assert.deepEqual([now.billByInvoice, now.canCreateCampaigns, now.billingSetupUrl], [true, true, undefined]);
});

test('the checkout says who pays whom and that it is a demo, and can be used once or twice', async () => {
  const team = await open('pay@shop.example');
  const page = await visit(team.billing ?? '');
  assert.equal(page.status, 200);
  assert.match(page.text, /No card is asked for, nothing is paid/);
  assert.ok(page.text.includes('Nordin &#60;Tryck&#62; &#38; &#34;Papper&#34;'), 'texts of others are escaped');
  assert.ok(!/<script| style=| on[a-z]+=/.test(page.text));
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  const secret = secretOf(team.billing);
  const first = await pay(secret);
  assert.deepEqual([first.status, first.headers.get('location')], [303, `/checkout?sessionId=${secret}`]);
  assert.equal((await pay(secret)).status, 303);
  assert.match((await visit(team.billing ?? '')).text, /You can close this tab/);
});

test('a second team of the organization has an address of its own, and one payment serves both', async () => {
  const first = await open('two@shop.example');
  const second = await open('two@shop.example');
  assert.notEqual(first.billing, second.billing);
  await pay(secretOf(second.billing));
  assert.equal((await status(first)).billingSetupUrl, undefined);
  assert.equal((await open('two@shop.example')).billing, undefined);
});

test('an unknown checkout, a wrong form and a page that is not there are pages that say so', async () => {
  for (const path of ['/checkout', '/checkout?sessionId=guess', '/invitation?token=guess', '/outbox/mail_none', '/nowhere']) {
    const page = await call(platform, 'GET', path, {});
    assert.equal(page.status, 404, path);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.text, /There is nothing here/);
  }
  assert.equal((await pay('guess')).status, 404);
  assert.equal((await call(platform, 'POST', '/checkout', {}, { sessionId: 'guess' })).status, 415);
  assert.equal((await pay('x'.repeat(5_000))).status, 413);
});

test('outside the demo there is no checkout and no outbox', async (t) => {
  const real = await startPlatform({ demo: false });
  t.after(() => real.close());
  for (const path of ['/outbox', '/checkout?sessionId=x']) assert.equal((await call(real, 'GET', path, {})).status, 404);
  assert.equal((await call(real, 'GET', '/', {})).status, 200);
});
