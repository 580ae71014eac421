import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { type Json, refused } from '../world/answers.ts';

let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
let other: { id: string; key: string };
let count = 0;

before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  const { scribeless, kelviq } = platform.keys;
  partner = await gateway.partner({ vendorKeys: { scribeless, kelviq } });
  const keys = await platform.seed('Other');
  other = await gateway.partner({ vendorKeys: { scribeless: keys.scribeless, kelviq: keys.kelviq }, name: 'Other' });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const organizations = '/api/v1/partner/organizations';
const scribeless = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, key = partner.key) =>
  call(gateway, method, path, { 'x-api-key': key, ...headers }, body);
const kelviq = (method: string, path: string, body?: unknown, key = partner.key) =>
  call(gateway, method, organizations + path, { 'x-kelviq-partner-key': key }, body);
const openTeam = (headers: Record<string, string> = {}, key = partner.key) => {
  count += 1;
  return scribeless(
    'POST',
    '/api/partner/teams',
    { email: `t${count}@x.example`, firstName: 'A', lastName: 'B', companyName: 'C' },
    headers,
    key,
  );
};
const openOrganization = (externalId: string, key = partner.key) => {
  count += 1;
  return kelviq('POST', '/', { externalId, email: `o${count}@x.example`, businessName: 'C' }, key);
};
const keyOf = (team: Json): string => String((team.apiKey as Json).key);

test('the reference in the place of a team’s key opens its status, at the gateway and for its partner only', async () => {
  const { json } = await openTeam();
  const reference = keyOf(json);
  assert.match(reference, /^cred_[a-z2-7]{24}$/);
  const status = (named: string, key = partner.key) =>
    scribeless('GET', '/api/account/status', undefined, { 'x-inlay-credential': named }, key);
  assert.equal((await status(reference)).json.teamId, json.teamId);
  for (const answer of [await status(reference, other.key), await status('cred_unknown'), await status(`${reference}x`)]) {
    assert.equal(answer.status, 404);
    assert.deepEqual(Object.keys(answer.json), ['error', 'url', 'statusCode', 'statusMessage', 'message']);
  }
  const atPlatform = await call(platform, 'GET', '/api/account/status', { 'x-api-key': reference });
  assert.equal(atPlatform.status, 401, 'the reference is not the key');
});

test('a credential of one vendor is not used at another', async () => {
  const { json } = await openOrganization('wrong-vendor');
  const { status } = await scribeless('GET', '/api/account/status', undefined, { 'x-inlay-credential': String(json.serverKey) });
  assert.equal(status, 404);
});

test('Kelviq’s server key is a reference in the answer, in both reads and in both lists', async () => {
  const opened = await openOrganization('ext-1');
  assert.match(String(opened.json.serverKey), /^cred_[a-z2-7]{24}$/);
  for (const path of [
    `/${opened.json.organizationIdentifier}`,
    `/${opened.json.organizationIdentifier}/`,
    '/by-external-id/ext-1',
    '/by-external-id/ext-1/',
  ])
    assert.deepEqual((await kelviq('GET', path)).json, opened.json, path);
  for (const path of ['', '/', '?external_id=ext-1', '/?external_id=ext-1']) {
    const { results } = (await kelviq('GET', path)).json as { results: Json[] };
    assert.deepEqual(
      results.find(({ partnerExternalId }) => partnerExternalId === 'ext-1'),
      opened.json,
      path,
    );
  }
});

test('an organization that the gateway did not provision has no server key in any answer', async () => {
  const direct = await call(
    platform,
    'POST',
    `${organizations}/`,
    { 'x-kelviq-partner-key': platform.keys.kelviq },
    { externalId: 'direct', email: 'direct@x.example' },
  );
  const secret = String(direct.json.serverKey);
  for (const path of ['/by-external-id/direct', `/${direct.json.organizationIdentifier}`, '', '?external_id=direct']) {
    const { text, json } = await kelviq('GET', path);
    assert.ok(!text.includes(secret));
    const one =
      path === '' || path.startsWith('?')
        ? (json as { results: Json[] }).results.find(({ partnerExternalId }) => partnerExternalId === 'direct')
        : json;
    assert.deepEqual(one, { ...direct.json, serverKey: null });
  }
});

test('what a proxied call opened is listed among the credentials under its customer, without its secret', async () => {
  const team = await openTeam();
  const organization = await openOrganization('ext-listed');
  const answer = await gateway.admin('GET', `/api/v1/admin/partners/${partner.id}/credentials`);
  const { items } = (await answer.json()) as { items: Json[] };
  const customers = Object.fromEntries(items.map(({ id, customer }) => [String(id), customer]));
  assert.equal(customers[keyOf(team.json)], `scribeless:${team.json.teamId}`);
  assert.equal(customers[String(organization.json.serverKey)], 'ext-listed');
  assert.equal(items.filter(({ customer }) => customer === null).length, 2, 'the partner’s own two keys are as they were');
});

test('the vendor’s refusals come through in its own words, the gateway’s in its language', async () => {
  const bad = await scribeless('POST', '/api/partner/teams', { email: 'x' });
  assert.equal(bad.status, 400);
  assert.match(String(bad.json.message), /firstName/);
  assert.equal((await kelviq('GET', '/by-external-id/nobody')).json.detail, 'Not found.');
  assert.deepEqual((await openOrganization('twice')).status, 201);
  assert.equal((await openOrganization('twice')).status, 400);
  const without = await call(gateway, 'GET', organizations, {});
  assert.deepEqual([without.status, Object.keys(without.json)], [401, ['detail']]);
  const elsewhere = await call(gateway, 'GET', '/api/account/status', { 'x-kelviq-partner-key': partner.key });
  assert.deepEqual([elsewhere.status, elsewhere.json.error, elsewhere.json.url], [401, true, '/api/account/status']);
});

test('each row needs its scope', async () => {
  const reader = await gateway.admin('POST', `/api/v1/admin/partners/${partner.id}/keys`, { scopes: ['provision:read'] });
  const writer = await gateway.admin('POST', `/api/v1/admin/partners/${partner.id}/keys`, { scopes: ['provision:write'] });
  const [read, write] = [((await reader.json()) as Json).key, ((await writer.json()) as Json).key].map(String);
  assert.equal((await openTeam({}, read)).status, 403);
  assert.equal((await openOrganization('scoped', read)).status, 403);
  assert.equal((await kelviq('GET', '/', undefined, write)).status, 403);
  assert.equal((await scribeless('GET', '/api/account/status', undefined, {}, write)).status, 403);
  assert.equal((await kelviq('GET', '/', undefined, read)).status, 200);
  assert.equal((await openTeam({}, write)).status, 200);
});

test('a partner without a stored key is told so', async () => {
  const { key } = await gateway.partner({ name: 'Bare' });
  const answer = await kelviq('GET', '/', undefined, key);
  assert.equal(answer.status, 409);
  assert.match(String(answer.json.detail), /kelviq/);
});

test('at the limit of customers nothing is opened; what was opened beside it is never lost', async () => {
  const keys = await platform.seed('Limited');
  const limited = await gateway.partner({ vendorKeys: { scribeless: keys.scribeless }, limits: { max_tenants: 1 }, name: 'Limited' });
  const before = platform.counts().teams;
  const answers = await Promise.all(Array.from({ length: 8 }, () => openTeam({}, limited.key)));
  const references = answers.filter(({ status }) => status === 200).map(({ json }) => keyOf(json));
  assert.ok(
    answers.every(({ status }) => status === 200 || status === 403),
    JSON.stringify(answers.map(({ status }) => status)),
  );
  assert.equal(platform.counts().teams - before, references.length, 'every team that exists has its key stored');
  assert.ok(references.every((reference) => reference.startsWith('cred_')));
  assert.equal((await openTeam({}, limited.key)).status, 403);
});

test('a wrong method is 405 with Allow, in the vendor’s language', async () => {
  const calls: [string, string, string[]][] = [
    ['DELETE', '/api/account/status', ['GET', 'HEAD']],
    ['GET', '/api/partner/teams', ['POST']],
    ['PUT', `${organizations}/`, ['GET', 'HEAD', 'POST']],
    ['PATCH', `${organizations}/by-external-id/x`, ['GET', 'HEAD']],
    ['PROPFIND', '/api/account/status', ['GET', 'HEAD']],
    ['GET', '/api/v2/partner/envelopes/env_1/remind', ['POST']],
    ['PUT', '/api/v2/partner/templates/tmpl_1', ['DELETE', 'GET', 'HEAD']],
    ['PATCH', '/api/v1/team/tokens', ['GET', 'HEAD', 'POST']],
  ];
  for (const [method, path, allow] of calls) {
    const answer = await call(gateway, method, path, { 'x-api-key': partner.key, 'x-kelviq-partner-key': partner.key });
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.deepEqual((answer.headers.get('allow') ?? '').split(', ').sort(), allow);
    assert.ok(
      ['detail', 'error', 'message'].some((name) => name in answer.json),
      answer.text,
    );
  }
});

test('whatever is not in the table is 404', async () => {
  for (const path of [
    '/api/partner/teams/x',
    '/api/partner',
    '/api/Partner/teams',
    '/api/account/status/x',
    `${organizations}/a/b`,
    '/api/v2/partner/envelopes/env_1/reminders',
    '/api/v2/partner/envelopes/env_1/vault',
    '/api/v2/partner/Templates',
    '/api/v1/team/members',
    '/api/v1/partner/Organizations/',
    '/api//account/status',
  ]) {
    const answer = await call(gateway, 'GET', path, { 'x-api-key': partner.key, 'x-kelviq-partner-key': partner.key });
    assert.equal(answer.status, 404, path);
    assert.ok(
      ['detail', 'error', 'message'].some((name) => name in answer.json),
      answer.text,
    );
  }
  await refused(fetch(`${gateway.url}/partner/nothing`, { headers: { 'x-api-key': partner.key } }), 404, 'no-such-route');
});
