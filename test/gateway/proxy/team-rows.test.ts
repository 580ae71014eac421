import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { json, startStubVendor } from '../world/stub-vendor.ts';

let vendor: Awaited<ReturnType<typeof startStubVendor>>;
let gateway: StartedGateway;
let partner: { id: string; key: string };

before(async () => {
  vendor = await startStubVendor();
  gateway = await startGateway({ vendorUrl: vendor.origin });
  partner = await gateway.partner({ vendorKeys: { subscribr: 'sk_live_the_partners' } });
});
after(async () => {
  await gateway.close();
  vendor.close();
});

const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, key = partner.key) =>
  call(gateway, method, path, { authorization: `Bearer ${key}`, ...headers }, body);

test('the five calls of a team go out as they came, with the vendor’s key where the caller’s was', async () => {
  vendor.received.length = 0;
  vendor.answerWith(json({ message: 'fine' }));
  const rows = [
    ['GET', '/api/v1/team', ''],
    ['GET', '/api/v1/team/credits', ''],
    ['GET', '/api/v1/team/tokens', ''],
    ['POST', '/api/v1/team/tokens', '{"name":"ci","abilities":["intel:read"]}'],
    ['DELETE', '/api/v1/team/tokens/7', ''],
  ] as const;
  for (const [method, path, body] of rows)
    assert.deepEqual((await ask(method, path, body ? JSON.parse(body) : undefined)).json, { message: 'fine' }, path);
  assert.deepEqual(
    vendor.received.map(({ method, url, body, headers }) => [method, url, body, headers.authorization]),
    rows.map(([method, path, body]) => [method, path, body, 'Bearer sk_live_the_partners']),
  );
});

test('a customer’s call names its credential, and goes out with that key', async () => {
  vendor.received.length = 0;
  const put = { vendor: 'subscribr', secret: 'sk_live_the_customers', customer: 'hl-1' };
  const stored = await gateway.admin('PUT', `/api/v1/admin/partners/${partner.id}/credentials`, put);
  const { id } = (await stored.json()) as { id: string };
  await ask('GET', '/api/v1/team', undefined, { 'x-inlay-credential': id });
  assert.equal(vendor.received[0]?.headers.authorization, 'Bearer sk_live_the_customers');
  assert.equal((await ask('GET', '/api/v1/team', undefined, { 'x-inlay-credential': 'cred_unknown' })).status, 404);
});

test('the secret of a new token passes as the vendor sends it', async () => {
  const answer = { token: { id: 7, name: 'ci', abilities: [], token: 'sk_live_new' } };
  vendor.answerWith(json(answer, 201));
  assert.deepEqual((await ask('POST', '/api/v1/team/tokens', { name: 'ci', abilities: [] })).json, answer);
});

test('the gateway’s own refusals are in Subscribr’s words, faults by field', async () => {
  const reader = await gateway.partner({ key: { scopes: ['team:read'] }, vendorKeys: { subscribr: 'sk_live_readers' }, name: 'Reader' });
  for (const [answer, status] of [
    [await ask('GET', '/api/v1/team', undefined, {}, 'lk_wrong'), 401],
    [await call(gateway, 'GET', '/api/v1/team', { 'x-api-key': partner.key }), 401],
    [await ask('POST', '/api/v1/team/tokens', {}, {}, reader.key), 403],
    [await ask('DELETE', '/api/v1/team/tokens/7', undefined, {}, reader.key), 403],
    [await ask('GET', '/api/v1/team/members'), 404],
    [await ask('PUT', '/api/v1/team/tokens'), 405],
    [await ask('POST', '/api/v1/team/tokens', {}, { 'idempotency-key': 'a b' }), 422],
    [await ask('POST', '/api/v1/team/tokens', { name: 'x'.repeat(70_000) }), 413],
  ] as const)
    assert.deepEqual([answer.status, Object.keys(answer.json)], [status, ['message']]);
});
