import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import type { WebhookAnswer } from '../../../shared/webhook-endpoint.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { answered, type Json } from '../world/answers.ts';
import { startStubVendor } from '../world/stub-vendor.ts';

const path = '/api/v2/partner/webhook';
const allowed = 'http://127.0.0.1:8099';
const secret = 'c4n4ry-secret-of-the-webhook';
const url = 'https://hooks.harbor.example/inlay?tenant=7';
let vendor: Awaited<ReturnType<typeof startStubVendor>>;
let gateway: StartedGateway;
let partner: { id: string; key: string };
before(async () => {
  vendor = await startStubVendor();
  gateway = await startGateway({ vendorUrl: vendor.origin, webhookAllow: [allowed] });
  partner = await gateway.partner({ vendorKeys: { loyva: 'lk_the_partners_own_at_the_stub' } });
});
after(async () => {
  await gateway.close();
  vendor.close();
});

const patch = (body: unknown, key = partner.key, headers: Record<string, string> = {}, method = 'PATCH') =>
  fetch(gateway.url + path, {
    method,
    headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const set = async (body: unknown, key = partner.key) => (await answered<WebhookAnswer>(patch(body, key))).data;
/** Loyva's shape: `{error, code, details?}`. */
async function refusedPatch(answer: Promise<Response>, status: number, code: string): Promise<string[]> {
  const body = await answered<{ error: string; code: string; details?: { pointer: string; code: string; message: string }[] }>(
    answer,
    status,
  );
  assert.deepEqual([body.code, typeof body.error], [code, 'string']);
  return (body.details ?? []).map(({ pointer }) => pointer);
}
const rows = (): Json[] => {
  const db = new SqliteFile(join(gateway.dataDir, 'gateway.db'), { readonly: true });
  const found = db.prepare('select * from webhook where partner_id = ? order by mode').all(partner.id) as Json[];
  db.close();
  return found;
};

test('what is given is set, what is left out stays, null clears, and the secret never comes back', async () => {
  assert.deepEqual(await set({}), { webhook_url: null, webhook_secret_set: false });
  assert.deepEqual(await set({ webhook_url: url }), { webhook_url: url, webhook_secret_set: false });
  assert.deepEqual(await set({ webhook_secret: secret }), { webhook_url: url, webhook_secret_set: true });
  assert.deepEqual(await set({}), { webhook_url: url, webhook_secret_set: true });
  assert.deepEqual(await set({ webhook_url: null }), { webhook_url: null, webhook_secret_set: true });
  assert.deepEqual(await set({ webhook_url: allowed, webhook_secret: null, unknown: 1 }), {
    webhook_url: allowed,
    webhook_secret_set: false,
  });
  assert.deepEqual(await set({ webhook_url: url, webhook_secret: secret }), { webhook_url: url, webhook_secret_set: true });
  assert.equal(rows().length, 1);
  assert.equal(vendor.received.length, 0, 'the vendor’s address stays the gateway’s');
});

test('a test key sets the endpoint of test events, and no other partner’s is touched', async () => {
  await set({ webhook_url: url });
  const issued = await answered<{ key: string }>(gateway.admin('POST', `/api/v1/admin/partners/${partner.id}/keys`, { mode: 'test' }), 201);
  const other = await gateway.partner({});
  assert.deepEqual(await set({}, issued.key), { webhook_url: null, webhook_secret_set: false });
  assert.deepEqual(await set({ webhook_url: allowed }, issued.key), { webhook_url: allowed, webhook_secret_set: false });
  assert.deepEqual(await set({}, other.key), { webhook_url: null, webhook_secret_set: false });
  assert.equal((await set({})).webhook_url, url);
  assert.deepEqual(
    rows().map(({ mode, url: kept }) => [mode, kept]),
    [
      ['live', url],
      ['test', allowed],
    ],
  );
});

test('every fault is named where it is, and nothing is changed by a call that has one', async () => {
  await set({ webhook_url: url, webhook_secret: secret });
  const kept = rows();
  assert.deepEqual(await refusedPatch(patch({ webhook_url: 7, webhook_secret: 'short' }), 422, 'invalid-input'), [
    '/webhook_url',
    '/webhook_secret',
  ]);
  for (const wrong of [
    'http://hooks.harbor.example',
    'https://localhost/x',
    'https://127.0.0.1:8100',
    'https://10.0.0.1',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://0x7f.1/',
    'https://user:word@hooks.harbor.example',
    'https://hooks.harbor.example/#part',
    'javascript:alert(1)',
    `${allowed.slice(0, -1)}8`,
    'nowhere',
    '',
  ])
    assert.deepEqual(await refusedPatch(patch({ webhook_url: wrong, webhook_secret: 'another-secret-of-theirs' }), 422, 'invalid-input'), [
      '/webhook_url',
    ]);
  for (const wrong of ['x'.repeat(257), 'short', 'with a\nbreak in the middle', 'whsec_not-base64-at-all'])
    assert.deepEqual(await refusedPatch(patch({ webhook_secret: wrong }), 422, 'invalid-input'), ['/webhook_secret']);
  for (const body of ['[]', 'null', '"text"', '7']) assert.deepEqual(await refusedPatch(patch(body), 422, 'invalid-input'), ['']);
  await refusedPatch(patch('{"webhook_url":'), 400, 'malformed-json');
  await refusedPatch(patch('a=b', partner.key, { 'content-type': 'text/plain' }), 415, 'media-type-refused');
  await refusedPatch(patch({ webhook_url: 'x'.repeat(20_000) }), 413, 'body-too-large');
  assert.deepEqual(rows(), kept);
});

test('who may not set it is refused as at every door, and other methods are 405', async () => {
  await refusedPatch(patch({}, ''), 401, 'unauthenticated');
  const mistyped = `${partner.key.slice(0, -1)}${partner.key.endsWith('0') ? '1' : '0'}`;
  await refusedPatch(patch({}, mistyped), 401, 'unauthenticated');
  const narrow = await gateway.partner({ key: { scopes: ['envelopes:read', 'vault:write', 'onboarding:write'] } });
  await refusedPatch(patch({}, narrow.key), 403, 'scope-missing');
  await refusedPatch(patch({}, partner.key, { origin: 'https://portal.harbor.example' }), 403, 'key-in-browser');
  const suspended = await gateway.partner({});
  await gateway.admin('PATCH', `/api/v1/admin/partners/${suspended.id}`, { status: 'SUSPENDED' });
  await refusedPatch(patch({}, suspended.key), 403, 'partner-suspended');
  const answer = await patch({}, partner.key, {}, 'POST');
  assert.equal(answer.headers.get('allow'), 'PATCH');
  await refusedPatch(Promise.resolve(answer), 405, 'method-not-allowed');
  assert.equal(vendor.received.length, 0);
});

test('the log tells that it was set, by which key and what of it, and neither it nor the file holds the address’s query or the secret', async () => {
  await set({ webhook_url: url, webhook_secret: secret });
  const audit = await answered<{ items: Json[] }>(gateway.admin('GET', `/api/v1/admin/partners/${partner.id}/audit`));
  const [leaf] = audit.items.filter(({ kind }) => kind === 'webhook.set');
  assert.ok(leaf);
  assert.match(JSON.stringify(leaf), /"url":"set".*"secret":"set"/);
  assert.doesNotMatch(JSON.stringify(audit), /tenant=7|c4n4ry/);
  for (const name of (await readdir(gateway.dataDir)).filter((file) => /\.db(-wal)?$/.test(file)))
    assert.ok(!(await readFile(join(gateway.dataDir, name))).includes(secret), `the secret is in ${name}`);
});

test('two that set it at once leave one of the two, whole', async () => {
  const pairs = [1, 2, 3, 4].map((n) => ({ webhook_url: `https://hooks${n}.harbor.example/`, webhook_secret: null }));
  await Promise.all(pairs.map((pair) => set(pair)));
  const { webhook_url, webhook_secret_set } = await set({});
  assert.ok(pairs.some((pair) => pair.webhook_url === webhook_url) && !webhook_secret_set);
});
