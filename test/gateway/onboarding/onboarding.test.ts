import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, createVisitor, mintedToken } from '../../visitor.ts';

const origin = 'https://portal.harbor.example';
let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };

before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  partner = await gateway.partner({
    origins: [origin],
    vendorKeys: { scribeless: platform.keys.scribeless, kelviq: platform.keys.kelviq },
  });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const enter = async (external_id: string, customer: object = {}) => {
  const visitor = await createVisitor(gateway.url, origin);
  const opened = await visitor.open(await mintedToken(gateway.url, partner.key, { customer: { external_id, ...customer } }));
  assert.equal(opened.status, 201);
  return visitor;
};

test('a customer is provisioned at both vendors, completes billing, and is done', async () => {
  const visitor = await enter('c-journey');
  assert.equal((await visitor.run()).status, 'new');
  const submitted = await visitor.submit({ ...ada, email: 'ada.journey@nordintryck.example' });
  assert.equal(submitted.status, 200, await submitted.clone().text());
  await eventually(async () => (await visitor.run()).accounts.every(({ state }) => state === 'opened' || state === 'ready'));
  platform.clock.now += 60_000;
  gateway.clock.advance(5_000);
  const waiting = await eventually(async () => {
    const run = await visitor.run();
    return run.status === 'waiting_billing' && run;
  });
  assert.equal(waiting.step, 'billing');
  const billing = await visitor.submit({}, 'billing');
  assert.equal(billing.status, 200);
  const { billing_url } = (await billing.json()) as { billing_url: string };
  const page = await fetch(billing_url);
  assert.equal(page.status, 200);
});
