import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { json, type Reply, startStubVendor } from '../world/stub-vendor.ts';

let vendor: Awaited<ReturnType<typeof startStubVendor>>;
let gateway: StartedGateway;
let key: string;
let partners = 0;

before(async () => {
  vendor = await startStubVendor();
  gateway = await startGateway({ vendorUrl: vendor.origin });
});
after(async () => {
  await gateway.close();
  vendor.close();
});
afterEach(() => {
  vendor.received.length = 0;
});
/** Every test has a partner of its own, whose budget and breaker nobody else has touched. */
const begin = async (...replies: Reply[]) => {
  partners += 1;
  ({ key } = await gateway.partner({ vendorKeys: { loyva: `lv_vendor_key_${partners}` }, name: `Partner ${partners}` }));
  let n = 0;
  vendor.answerWith((response) => (replies[Math.min(n++, replies.length - 1)] ?? replies[0])?.(response));
};
const path = '/api/v2/partner/envelopes';
const ask = (method = 'GET', at = path) => call(gateway, method, at, { 'x-api-key': key }, method === 'GET' ? undefined : {});
const fine = json({ data: [] });
const hangUp: Reply = (response) => response.socket?.destroy();

test('a read that the vendor could not answer is asked again, at most twice, and the caller sees only the end of it', async () => {
  for (const failing of [json('', 502), json('', 503), json('', 504), hangUp]) {
    await begin(failing, failing, fine);
    assert.deepEqual([(await ask()).status, vendor.received.length], [200, 3]);
    vendor.received.length = 0;
  }
  await begin(json({ error: 'down' }, 503));
  const last = await ask();
  assert.deepEqual([last.status, last.json.error, vendor.received.length], [503, 'down', 3]);
});

test('what another try would not change is not asked again', async () => {
  for (const status of [200, 304, 400, 401, 404, 409, 429, 500]) {
    await begin(json({}, status));
    assert.deepEqual([(await ask()).status, vendor.received.length], [status, 1]);
    vendor.received.length = 0;
  }
});

test('what changes something is sent once, whatever comes back', async () => {
  for (const [reply, status] of [
    [json({ error: 'down' }, 503), 503],
    [hangUp, 502],
  ] as const)
    for (const [method, at] of [
      ['POST', `${path}/env_a/remind`],
      ['DELETE', '/api/v2/partner/templates/tmpl_a'],
    ] as const) {
      await begin(reply);
      assert.deepEqual([(await ask(method, at)).status, vendor.received.length], [status, 1], `${method} ${status}`);
      vendor.received.length = 0;
    }
});

test('a vendor that says when to come back is not asked before, and not at all when that is past the deadline', async () => {
  await begin(json('', 503, { 'retry-after': '1' }), fine);
  const start = Date.now();
  assert.deepEqual([(await ask()).status, vendor.received.length], [200, 2]);
  assert.ok(Date.now() - start >= 950, `${Date.now() - start} ms`);
  vendor.received.length = 0;
  for (const wait of ['11', new Date(Date.now() + 60_000).toUTCString()]) {
    await begin(json({ error: 'later' }, 503, { 'retry-after': wait }), fine);
    const answer = await ask();
    assert.deepEqual([answer.status, answer.headers.get('retry-after'), vendor.received.length], [503, wait, 1]);
    vendor.received.length = 0;
  }
});

test('a vendor that is down is not asked three times as often: the repeats run out', async () => {
  // Every third answer is good, so that the breaker stays out of it.
  let n = 0;
  await begin((response) => (n++ % 3 === 2 ? fine : json('', 503))(response));
  const calls = 60;
  for (let i = 0; i < calls; i += 1) await ask();
  assert.ok(vendor.received.length > calls && vendor.received.length <= calls * 1.3, String(vendor.received.length));
});

test('the deadline is that of the whole call, repeats included', async () => {
  let answered = 0;
  let cut = 0;
  await begin((response) => {
    const late = setTimeout(() => {
      answered += 1;
      json('', 503)(response);
    }, 4_000);
    response.on('close', () => {
      if (response.writableEnded) return;
      clearTimeout(late);
      cut += 1;
    });
  });
  assert.equal((await ask()).status, 503);
  await eventually(async () => cut === 1);
  // A deadline of each try's own would leave all three the time to be answered.
  assert.ok(answered >= 1 && answered < vendor.received.length, `${answered} answers to ${vendor.received.length} calls`);
});
