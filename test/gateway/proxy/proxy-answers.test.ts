import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { json, startStubVendor, team } from '../world/stub-vendor.ts';

let vendor: Awaited<ReturnType<typeof startStubVendor>>;
let gateway: StartedGateway;
let key: string;

before(async () => {
  vendor = await startStubVendor();
  gateway = await startGateway({ vendorUrl: vendor.origin });
  ({ key } = await gateway.partner({ vendorKeys: { scribeless: 'slp_the_vendor_key_itself' } }));
});
after(async () => {
  await gateway.close();
  vendor.close();
});

const ask = (headers: Record<string, string> = {}, path = '/api/account/status') =>
  call(gateway, 'GET', path, { 'x-api-key': key, ...headers });
const open = (body: unknown = { email: 'a@x.example' }) => call(gateway, 'POST', '/api/partner/teams', { 'x-api-key': key }, body);

test('only the headers of the list come back', async () => {
  vendor.answerWith(
    json({ ok: 1 }, 200, {
      'set-cookie': 'vendor=1',
      server: 'vendor',
      'x-powered-by': 'vendor',
      location: 'https://evil.example',
      'access-control-allow-origin': '*',
      'strict-transport-security': 'max-age=1',
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '99',
      'x-ratelimit-reset': '7',
      'retry-after': '3',
      etag: '"v"',
    }),
  );
  const { headers } = await ask();
  for (const name of ['set-cookie', 'server', 'x-powered-by', 'location', 'access-control-allow-origin', 'strict-transport-security'])
    assert.equal(headers.get(name), null, name);
  for (const [name, value] of Object.entries({
    'x-ratelimit-limit': '100',
    'x-ratelimit-remaining': '99',
    'x-ratelimit-reset': '7',
    'retry-after': '3',
    etag: '"v"',
  }))
    assert.equal(headers.get(name), value);
  assert.equal(headers.get('cache-control'), 'no-store');
});

test('a redirect is not followed and leads nowhere', async () => {
  vendor.received.length = 0;
  vendor.answerWith(json('', 302, { location: 'http://127.0.0.1:1/' }));
  const { status, headers } = await ask();
  assert.deepEqual([status, headers.get('location'), vendor.received.length], [302, null, 1]);
  vendor.answerWith(json(team('slt_redirected'), 302, { location: 'http://127.0.0.1:1/' }));
  assert.ok(!(await open()).text.includes('slt_redirected'));
});

test('a vendor that names another address did nothing: that is passed on and not kept, and whether a 302 did something is unknown', async () => {
  const to = { location: 'http://127.0.0.1:1/api/partner/teams/' };
  for (const [status, told, asked] of [
    [301, 301, 2],
    [307, 307, 2],
    [308, 308, 2],
    [302, 502, 1],
  ] as const) {
    vendor.received.length = 0;
    vendor.answerWith(json('<html>moved</html>', status, to));
    for (let i = 0; i < 2; i += 1) {
      const headers = { 'x-api-key': key, 'idempotency-key': `moved-${status}` };
      const answer = await call(gateway, 'POST', '/api/partner/teams', headers, { email: 'a@x.example' });
      assert.deepEqual([answer.status, answer.headers.get('location')], [told, null]);
      assert.doesNotMatch(answer.text, /html/);
    }
    assert.equal(vendor.received.length, asked, String(status));
  }
});

test('429 is passed on with its Retry-After', async () => {
  for (const body of [{ error: true, statusCode: 429 }, '<html>slow down</html>']) {
    vendor.answerWith(json(body, 429, { 'retry-after': '17' }));
    const { status, headers, text } = await open();
    assert.deepEqual([status, headers.get('retry-after')], [429, '17']);
    assert.doesNotMatch(text, /html/);
  }
});

test('what cannot be read as the vendor’s answer is 502, and none of its bytes go anywhere', async () => {
  const secret = 'slt_in_the_rubbish';
  const rubbish = [
    `<html>${secret}</html>`,
    secret,
    `{"teamId":"t","apiKey":"${secret}"}`,
    `{"apiKey":{"key":"${secret}"}}`,
    `[${JSON.stringify(team(secret))}]`,
    '',
    'null',
    `{"teamId":"t","apiKey":{"key":"${secret}"`,
  ];
  const before = gateway.reported.length;
  for (const body of rubbish) {
    vendor.answerWith(json(body));
    const { status, text, json: error } = await open();
    assert.equal(status, 502, body);
    assert.ok(!text.includes(secret));
    assert.deepEqual([error.error, error.statusCode], [true, 502]);
  }
  const told = gateway.reported
    .slice(before)
    .map((error) => (error instanceof Error ? `${error.message}${error.stack}${error.cause}` : String(error)));
  assert.equal(told.length, rubbish.length);
  assert.ok(
    told.every((text) => !text.includes(secret)),
    'what is reported does not quote it either',
  );
});

test('a secret that stands in a second place, or in a refusal, does not pass', async () => {
  const secret = 'slt_seen_twice';
  vendor.answerWith(json(team(secret, { links: { templatesUrl: `https://x.example/?key=${secret}` } })));
  const twice = await open();
  assert.equal(twice.status, 502);
  vendor.answerWith(json({ ...team(secret), detail: 'exists', serverKey: secret }, 409));
  const refusal = await open();
  assert.deepEqual([refusal.status, refusal.json.detail], [409, 'exists']);
  vendor.answerWith(json(secret, 500));
  const broken = await open();
  assert.equal(broken.status, 500);
  for (const { text } of [twice, refusal, broken]) assert.ok(!text.includes(secret));
});

test('every other field of a vendor’s answer stays as it came, in its order', async () => {
  vendor.answerWith(json({ zebra: [1, { b: null, a: 1.5 }], ...team('slt_order'), ähnlich: '\u2028' }));
  const { json: passed } = await open();
  assert.deepEqual(Object.keys(passed), ['zebra', 'teamId', 'apiKey', 'ähnlich']);
  assert.deepEqual(passed.zebra, [1, { b: null, a: 1.5 }]);
  assert.deepEqual(Object.keys(passed.apiKey as object), ['id', 'name', 'key', 'created_at']);
});

test('numbers of an answer that is written again pass as text, in refusals too', async () => {
  const numbers = '"id":9007199254740993,"rate":0.10,"huge":1e400,"tiny":-0.0E-7,"balance":[12345678901234567890.12,{"deep":1.0}]';
  vendor.answerWith(json(`{${JSON.stringify(team('slt_numbers')).slice(1, -1)},${numbers}}`));
  const made = await open();
  assert.ok(made.text.endsWith(`,${numbers}}`), made.text);
  vendor.answerWith(json(`{"apiKey":{"key":"slt_refused"},${numbers}}`, 422));
  assert.equal((await open()).text, `{"apiKey":null,${numbers}}`);
});

test('headers that hold more than ASCII stop here, and so does every Content-Disposition; the answer passes', async () => {
  vendor.answerWith((response) =>
    response.socket?.end(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: "\u00fc"\r\nContent-Disposition: attachment; filename="M\u00fcller.pdf"\r\nContent-Length: 2\r\nX-RateLimit-Limit: 5\r\nConnection: close\r\n\r\n{}',
    ),
  );
  const { status, headers, text } = await ask();
  assert.deepEqual([status, text, headers.get('x-ratelimit-limit')], [200, '{}', '5']);
  assert.deepEqual([headers.get('etag'), headers.get('content-disposition')], [null, null]);
});

test('a vendor that hangs up in the middle of a POST leaves the outcome unknown; of a GET, only unavailable', async () => {
  vendor.answerWith((response) => response.socket?.destroy());
  const post = await open();
  assert.equal(post.status, 502);
  assert.match(String(post.json.message), /before you ask again/);
  assert.equal((await ask()).status, 503);
});

test('an answer that grows over four megabytes is given up, and not asked for again', async () => {
  vendor.answerWith(json(JSON.stringify({ long: 'x'.repeat(5 * 1024 * 1024) })));
  assert.equal((await open()).status, 502);
  vendor.received.length = 0;
  const { status, json: error } = await ask();
  assert.deepEqual([status, error.message, vendor.received.length], [502, 'At most 4194304 bytes of an answer are read.', 1]);
});
