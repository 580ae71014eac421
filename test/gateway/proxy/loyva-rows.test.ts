import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Scope } from '../../../shared/registry.ts';
import { complete, create, inBase64, pdfOf } from '../../platform/world/envelopes.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

let platform: StartedPlatform;
let gateway: StartedGateway;
let key: string;
before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  ({ key } = await gateway.partner({ vendorKeys: { loyva: platform.keys.loyva } }));
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const root = '/api/v2/partner/envelopes';
type Data = Record<string, unknown>;
const ask = (method: string, path: string, body?: unknown, as = key) => call(gateway, method, root + path, { 'X-API-Key': as }, body);
async function data<T = Data>(answer: ReturnType<typeof ask>, status = 200): Promise<T> {
  const { status: got, json, text } = await answer;
  assert.equal(got, status, text);
  return json.data as T;
}
async function refused(answer: ReturnType<typeof ask>, status: number): Promise<Record<string, unknown>> {
  const { status: got, json, text } = await answer;
  assert.equal(got, status, text);
  assert.equal(typeof json.error, 'string', text);
  return json;
}

test('a partner makes an envelope, follows it, links to it and voids it, on the vendor’s own paths', async () => {
  const body = {
    customer_email: 'ada@shop.example',
    customer_name: 'Ada Nordin',
    external_id: 'deal-7',
    document: inBase64(await pdfOf('Lease')),
  };
  const made = await data(ask('POST', '', body), 201);
  const id = String(made.envelope_id);
  assert.match(id, /^env_[a-z2-7]{12}$/);
  const listed = await ask('GET', '?page=1&limit=5&status=sent');
  assert.deepEqual(
    (listed.json.data as Data[]).map(({ envelope_id }) => envelope_id),
    [id],
  );
  assert.deepEqual(listed.json.meta, { page: 1, limit: 5, total: 1 });
  assert.equal((await data(ask('GET', `/${id}`))).external_id, 'deal-7');
  assert.equal((await data(ask('GET', `/${id}/status`))).status, 'sent');
  const [link] = await data<Data[]>(ask('GET', `/${id}/signing-links`));
  assert.match(String(link?.signing_url), new RegExp(`^${platform.url}/sign#`));
  await refused(ask('GET', `/${id}/vault/signed-url`), 404);
  await refused(ask('POST', `/${id}/vault-in-signed`, {}), 409);
  assert.equal((await data(ask('POST', `/${id}/void`, { reason: 'Mistake' }))).status, 'voided');
  await refused(ask('POST', `/${id}/void`, { reason: 'Again' }), 409);
});

test('a completed envelope is vaulted, and both its files are to be had at the addresses that come back', async () => {
  const id = await create(platform);
  await complete(platform, id);
  assert.equal((await data(ask('POST', `/${id}/vault-in-signed`, {}))).status, 'vaulted');
  assert.equal((await data(ask('POST', `/${id}/vault-in-signed`, {}))).status, 'vaulted');
  for (const [path, filename] of [
    ['vault/signed-url?expires=60', `${id}_authoritative.pdf`],
    ['vault/copy/signed-url', `${id}_copy.pdf`],
  ]) {
    const file = await data(ask('GET', `/${id}/${path}`));
    assert.equal(file.filename, filename);
    const bytes = await fetch(String(file.signed_url));
    assert.deepEqual([bytes.status, (await bytes.text()).slice(0, 5)], [200, '%PDF-']);
  }
});

test('another organization’s envelope is not there, whichever row asks', async () => {
  const id = await create(platform);
  const stranger = await gateway.partner({ vendorKeys: { loyva: (await platform.seed('Stranger')).loyva } });
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/status'],
    ['GET', '/signing-links'],
    ['POST', '/void'],
    ['POST', '/vault-in-signed'],
    ['GET', '/vault/signed-url'],
    ['GET', '/vault/copy/signed-url'],
  ] as const)
    await refused(ask(method, `/${id}${path}`, method === 'POST' ? { reason: 'Mine' } : undefined, stranger.key), 404);
  assert.deepEqual((await ask('GET', '', undefined, stranger.key)).json.data, []);
});

test('every row wants its own scope, and says which', async () => {
  const rows: readonly [string, string, Scope][] = [
    ['GET', '', 'envelopes:read'],
    ['POST', '', 'envelopes:write'],
    ['GET', '/env_a', 'envelopes:read'],
    ['GET', '/env_a/status', 'envelopes:read'],
    ['GET', '/env_a/signing-links', 'envelopes:read'],
    ['POST', '/env_a/void', 'envelopes:write'],
    ['POST', '/env_a/upload', 'envelopes:write'],
    ['POST', '/env_a/remind', 'envelopes:write'],
    ['POST', '/env_a/vault-in-signed', 'vault:write'],
    ['GET', '/env_a/vault/signed-url', 'vault:read'],
    ['GET', '/env_a/vault/copy/signed-url', 'vault:read'],
    ['POST', '/env_a/vault-in-upload', 'vault:write'],
    ['GET', '/env_a/vault/certificate', 'compliance:read'],
    ['GET', '/env_a/compliance', 'compliance:read'],
    ['POST', '/env_a/vault-out', 'vault:release'],
    ['POST', '/env_a/vault-out/acknowledge', 'vault:release'],
  ];
  const keys = new Map<Scope, string>();
  for (const scope of ['envelopes:read', 'envelopes:write', 'vault:read', 'vault:write', 'vault:release', 'compliance:read'] as const)
    keys.set(scope, (await gateway.partner({ key: { scopes: [scope] } })).key);
  for (const [method, path, scope] of rows)
    for (const [held, scoped] of keys) {
      const { status, json } = await ask(method, path, method === 'POST' ? {} : undefined, scoped);
      if (held === scope) assert.deepEqual([status, json.code], [409, 'credential-missing'], `${method} ${path} with ${held}`);
      else assert.match(`${status} ${json.error}`, new RegExp(`^403 The key lacks the scope ${scope}`), `${method} ${path} with ${held}`);
    }
});

test('the gateway’s own refusals are in Loyva’s words: no key, an exposed one, a long body, a wrong method, a path that is not passed on', async () => {
  assert.equal((await refused(ask('GET', '', undefined, 'lk_wrong'), 401)).code, 'unauthenticated');
  const exposed = call(gateway, 'GET', root, { 'X-API-Key': key, origin: 'https://portal.harbor.example' });
  assert.equal((await refused(exposed, 403)).code, 'key-in-browser');
  assert.equal((await refused(ask('POST', '', { document: 'x'.repeat(10_500_000) }), 413)).code, 'body-too-large');
  const wrong = await ask('DELETE', '/env_a');
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'HEAD, GET']);
  assert.equal((await refused(ask('GET', '/env_a/vault-in'), 404)).code, 'no-such-route');
  assert.equal((await refused(ask('GET', '/..%2Fx/status'), 404)).code, 'no-such-route');
  // Read with envelopes:read, it would be the vault's row at a vendor that takes the slash for one.
  assert.equal((await refused(ask('GET', '/env_a%2Fvault%2Fsigned-url'), 404)).code, 'no-such-route');
  const form = { 'X-API-Key': key, 'content-type': 'multipart/form-data; boundary=b' };
  const posted = await fetch(`${gateway.url + root}/env_a/void`, { method: 'POST', headers: form, body: '--b--' });
  assert.equal(posted.status, 415, await posted.text());
});

test('the vendor’s refusals pass as they are, with every fault', async () => {
  const { details } = await refused(ask('POST', '', { customer_email: 'x' }), 422);
  assert.ok((details as Data[]).some(({ pointer }) => pointer === '/customer_email'));
  assert.ok((details as Data[]).some(({ pointer }) => pointer === '/customer_name'));
});
