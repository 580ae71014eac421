import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { freePort, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { json, startStubVendor, team } from '../world/stub-vendor.ts';

let vendor: Awaited<ReturnType<typeof startStubVendor>>;
let gateway: StartedGateway;
let key: string;
let down: string;
const scribelessKey = 'slp_the_vendor_key_itself';

before(async () => {
  vendor = await startStubVendor();
  gateway = await startGateway({ vendorUrl: vendor.origin, vendors: { kelviq: `http://127.0.0.1:${await freePort()}` } });
  ({ key } = await gateway.partner({ vendorKeys: { scribeless: scribelessKey } }));
  ({ key: down } = await gateway.partner({ vendorKeys: { kelviq: 'kvqp_the_vendor_key_itself' } }));
});
after(async () => {
  await gateway.close();
  vendor.close();
});

const ask = (headers: Record<string, string> = {}, path = '/api/account/status') =>
  call(gateway, 'GET', path, { 'x-api-key': key, ...headers });
const open = (body: unknown = { email: 'a@x.example' }) => call(gateway, 'POST', '/api/partner/teams', { 'x-api-key': key }, body);

test('only the headers of the list go out, with the vendor’s key in the place of ours', async () => {
  vendor.received.length = 0;
  vendor.answerWith(json({ ok: true }));
  await ask({
    cookie: 'a=b',
    authorization: 'Bearer caller',
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-host': 'evil.example',
    forwarded: 'for=1.2.3.4',
    referer: 'https://portal.example/secret',
    'x-real-ip': '1.2.3.4',
    'x-inlay-anything': '1',
    'x-kelviq-partner-key': 'theirs',
    traceparent: '00-1-1-00',
    accept: 'application/json;q=1',
  });
  const [seen] = vendor.received;
  assert.deepEqual(Object.keys(seen?.headers ?? {}).sort(), ['accept', 'connection', 'host', 'user-agent', 'x-api-key']);
  assert.equal(seen?.headers['x-api-key'], scribelessKey);
  assert.equal(seen?.headers['user-agent'], 'Inlay');
  assert.equal(seen?.headers.accept, 'application/json;q=1');
});

test('the body goes out byte for byte, and the query with the path', async () => {
  vendor.received.length = 0;
  vendor.answerWith(json(team('slt_bytes')));
  const body = '{ "email":"a@x.example",\n "own":  [1.0, "ü"] }';
  await open(body);
  await ask({}, '/api/account/status?a=b&c=%20d');
  assert.deepEqual(
    vendor.received.map(({ method, url, body: bytes }) => [method, url, bytes]),
    [
      ['POST', '/api/partner/teams', body],
      ['GET', '/api/account/status?a=b&c=%20d', ''],
    ],
  );
});

test('nothing is said of the type of an empty body', async () => {
  vendor.received.length = 0;
  vendor.answerWith(json(team('slt_of_nothing')));
  await fetch(`${gateway.url}/api/partner/teams`, { method: 'POST', headers: { 'x-api-key': key } });
  const [seen] = vendor.received;
  assert.deepEqual([seen?.headers['content-type'], seen?.headers['content-length']], [undefined, '0']);
});

test('a body over the cap is 413 and nothing is sent', async () => {
  vendor.received.length = 0;
  const { status } = await open({ email: 'x'.repeat(64 * 1024) });
  assert.deepEqual([status, vendor.received.length], [413, 0]);
});

test('a vendor that does not listen is 503 in its language, for GET and POST', async () => {
  const headers = { 'x-kelviq-partner-key': down };
  for (const [method, body] of [
    ['GET', undefined],
    ['POST', { externalId: 'x', email: 'x@x.example' }],
  ] as const) {
    const { status, json: error } = await call(gateway, method, '/api/v1/partner/organizations/', headers, body);
    assert.deepEqual([status, Object.keys(error)], [503, ['detail']]);
  }
});

/** The status of a request line written by hand: clients would tidy the path. */
const knock = (target: string) =>
  new Promise<number>((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nX-Kelviq-Partner-Key: ${down}\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.on('error', reject).on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
  });

test('paths that mean another path are 404 and never reach the vendor', async () => {
  vendor.received.length = 0;
  const base = '/api/v1/partner/organizations';
  const spellings = [
    '..',
    '.',
    '%2e%2e',
    '%2E%2e',
    '.%2e',
    '..%2fteams',
    '..%5cteams',
    '..\\teams',
    'x%2f..%2f..%2fteams',
    '%00',
    'x%0a',
    '%zz',
    '%c0%ae%c0%ae',
  ];
  for (const spelling of spellings)
    for (const path of [`${base}/${spelling}`, `${base}/${spelling}/`, `${base}/by-external-id/${spelling}`])
      assert.equal(await knock(path), 404, path);
  for (const path of [
    '/api/account/../partner/teams',
    '/api/account/%2e/status',
    '/api/./account/status',
    '/api/account/status/..',
    '/api/account%2fstatus',
    '//api/account/status',
    `${base}/org_1%2fbilling`,
    `${base}/org_1%5Cbilling/`,
    `${base}/by-external-id%2Fx`,
  ])
    assert.equal(await knock(path), 404, path);
  assert.deepEqual(vendor.received, []);
  assert.equal(await knock(`${base}/by-external-id/a%2Fb`), 503, 'an external id may hold a slash, and is sent');
});

test('a request line with a whole address in it is the path of that address, at our vendor', async () => {
  vendor.received.length = 0;
  vendor.answerWith(json({ ok: 1 }));
  assert.equal(await knock('http://evil.example/api/account/status?a=b'), 200);
  assert.deepEqual(
    vendor.received.map(({ url }) => url),
    ['/api/account/status?a=b'],
  );
});
