import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
  gateway.clock.hold();
});
after(async () => {
  await gateway.close();
  vendor.close();
});

const begin = async (reply: Reply) => {
  partners += 1;
  const secrets = { loyva: `lv_vendor_key_${partners}`, scribeless: `slp_vendor_key_${partners}` };
  ({ key } = await gateway.partner({ vendorKeys: secrets, name: `Partner ${partners}` }));
  vendor.answerWith(reply);
  vendor.received.length = 0;
};
/** Sent once each, whatever comes back. */
const act = (as = key) => call(gateway, 'POST', '/api/v2/partner/envelopes/env_a/remind', { 'x-api-key': as }, {});
const fail = async (times = 10) => {
  for (let i = 0; i < times; i += 1) await act();
};
const down = json({ error: 'down' }, 500);
const fine = json({ data: {} });

test('after ten failures in a row the vendor is left alone: 503 with Retry-After in its language, and nothing is sent', async () => {
  await begin(down);
  await fail();
  const refused = await act();
  assert.deepEqual([refused.status, refused.json.code, vendor.received.length], [503, 'vendor-unavailable', 10]);
  assert.equal(refused.headers.get('retry-after'), '10');
});

test('it is about one vendor and one partner: others go on', async () => {
  await begin(down);
  await fail();
  const shut = key;
  await begin(fine);
  assert.equal((await act()).status, 200);
  assert.equal((await act(shut)).status, 503);
  vendor.answerWith(json({ success: true }));
  assert.equal((await call(gateway, 'GET', '/api/account/status', { 'x-api-key': shut })).status, 200);
});

test('after the rest one call finds out whether the vendor is back; the others wait for what it finds', async () => {
  await begin(down);
  await fail();
  gateway.clock.advance(10_000);
  let go = () => {};
  vendor.answerWith((response) => {
    go = () => fine(response);
  });
  const probe = act();
  await eventually(async () => vendor.received.length === 11);
  assert.deepEqual([(await act()).status, (await act()).status, vendor.received.length], [503, 503, 11]);
  go();
  assert.equal((await probe).status, 200);
  vendor.answerWith(fine);
  assert.deepEqual([(await act()).status, vendor.received.length], [200, 12]);
});

test('a probe that fails begins another rest', async () => {
  await begin(down);
  await fail();
  gateway.clock.advance(10_000);
  assert.deepEqual([(await act()).status, (await act()).status, vendor.received.length], [500, 503, 11]);
  gateway.clock.advance(9_999);
  assert.equal((await act()).status, 503);
  gateway.clock.advance(1);
  vendor.answerWith(fine);
  assert.equal((await act()).status, 200);
});

test('a probe whose caller leaves says nothing, and the next call is the probe', async () => {
  await begin(down);
  await fail();
  gateway.clock.advance(10_000);
  vendor.answerWith(() => {});
  const leaving = new AbortController();
  const gone = fetch(`${gateway.url}/api/v2/partner/envelopes`, { headers: { 'x-api-key': key }, signal: leaving.signal }).catch(() => {});
  await eventually(async () => vendor.received.length === 11);
  leaving.abort();
  await gone;
  vendor.answerWith(fine);
  await eventually(async () => (await act()).status === 200);
});

test('what the vendor refuses is no failure, and one answer that works wipes the count', async () => {
  for (const status of [400, 401, 404, 409, 422, 429]) {
    await begin(json({}, status));
    await fail(12);
    assert.deepEqual([(await act()).status, vendor.received.length], [status, 13]);
  }
  await begin(down);
  await fail(9);
  vendor.answerWith(fine);
  await act();
  vendor.answerWith(down);
  await fail(9);
  vendor.answerWith(fine);
  assert.equal((await act()).status, 200);
});

test('a vendor that cannot be reached counts too', async () => {
  const away = await startGateway({ vendorUrl: 'http://127.0.0.1:9' });
  try {
    const partner = await away.partner({ vendorKeys: { loyva: 'lv_away_from_here' } });
    const ask = () => call(away, 'POST', '/api/v2/partner/envelopes/env_a/void', { 'x-api-key': partner.key }, {});
    const waits: (string | null)[] = [];
    for (let i = 0; i < 11; i += 1) waits.push((await ask()).headers.get('retry-after'));
    assert.deepEqual([waits.slice(0, 10).filter(Boolean), waits[10] !== null], [[], true]);
  } finally {
    await away.close();
  }
});

test('calls of one partner that hang do not make another wait', async () => {
  await begin(fine);
  const other = key;
  await begin(() => {});
  const leaving = new AbortController();
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  let over = 0;
  const hanging = Array.from({ length: 80 }, async () => {
    await fetch(`${gateway.url}/api/v2/partner/envelopes/env_a/remind`, { method: 'POST', headers, body: '{}', signal: leaving.signal });
    over += 1;
  });
  await eventually(async () => vendor.received.length === 64);
  vendor.answerWith(fine);
  assert.equal((await act(other)).status, 200);
  assert.equal(over, 0, 'all of them still hang');
  leaving.abort();
  await Promise.allSettled(hanging);
});
