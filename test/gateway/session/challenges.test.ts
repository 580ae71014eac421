import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { createVisitor, mintedToken, proof } from '../../visitor.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
let platform: StartedPlatform;
let partner: { id: string; key: string };

before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  partner = await gateway.partner({ origins: [origin] });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const key = (header: string) => `ApiKey header="${header}"`;
const bearer = 'Bearer error="invalid_token"';
const wrong = { 'x-api-key': 'wrong', 'x-kelviq-partner-key': 'wrong', authorization: 'Bearer wrong' };

/** Every door of both servers that asks who calls, and how it says that it wants to know. */
const vendors: readonly (readonly [path: string, challenge: string])[] = [
  ['/api/account/status', key('X-API-Key')],
  ['/api/v1/partner/organizations/', key('X-Kelviq-Partner-Key')],
  ['/api/v1/team', bearer],
  ['/api/v2/partner/envelopes', key('X-API-Key')],
];
const own = {
  gateway: [
    ['/partner/runs', key('X-API-Key')],
    ['/api/v1/admin/partners/', bearer],
    ['/api/v1/admin/partners/x/keys', bearer],
    ['/embed/onboarding', 'DPoP error="invalid_token", algs="ES256"'],
  ],
  platform: [
    ['/api/v2/embed/ceremony', bearer],
    ['/api/v2/embed/vault', bearer],
  ],
} as const;

test('every 401 says how to come in', async () => {
  for (const [url, paths] of [
    [gateway.url, [...vendors, ...own.gateway]],
    [platform.url, [...vendors, ...own.platform]],
  ] as const)
    for (const [path, challenge] of paths) {
      const { status, headers } = await fetch(url + path, { headers: wrong });
      assert.deepEqual([status, headers.get('www-authenticate')], [401, challenge], url + path);
    }
  const minted = await fetch(`${gateway.url}/embed/token`, { method: 'POST', headers: wrong });
  assert.deepEqual([minted.status, minted.headers.get('www-authenticate')], [401, key('X-API-Key')]);
});

test('whoever sends no token at all is told of no error', async () => {
  for (const [url, challenge] of [
    [`${gateway.url}/api/v1/admin/partners/`, 'Bearer'],
    [`${gateway.url}/embed/onboarding`, 'DPoP algs="ES256"'],
    [`${platform.url}/api/v2/embed/ceremony`, 'Bearer'],
  ] as const)
    assert.equal((await fetch(url)).headers.get('www-authenticate'), challenge, url);
});

test('a proof is of the address that it means: spelled otherwise, with a query or a fragment', async () => {
  const visitor = await createVisitor(gateway.url, origin);
  await visitor.open(await mintedToken(gateway.url, partner.key));
  const { host } = new URL(gateway.url);
  const asked = async (htu: string, path = '/embed/onboarding') => {
    const dpop = await proof({ method: 'GET', url: htu, token: visitor.token, pair: visitor.pair });
    return fetch(gateway.url + path, { headers: { authorization: `DPoP ${visitor.token}`, dpop, origin } });
  };
  for (const htu of [
    `${gateway.url}/embed/onboarding?a=b`,
    `${gateway.url}/embed/onboarding#c`,
    `${gateway.url}/embed/onboarding?#`,
    `HTTP://${host}/embed/%6Fnboarding`,
    `http://${host}/embed/./x/../onboarding`,
  ])
    assert.equal((await asked(htu, '/embed/onboarding?time=1')).status, 200, htu);
  for (const htu of [
    `${gateway.url}/embed/onboarding/`,
    `${gateway.url}/embed/onboarding%2F`,
    `${gateway.url}/embed/Onboarding`,
    `https://${host}/embed/onboarding`,
    `http://user@${host}/embed/onboarding`,
    `http://other.example/embed/onboarding?${gateway.url}/embed/onboarding`,
    ` ${gateway.url}/embed/onboarding`,
    '/embed/onboarding',
    '',
  ]) {
    const answer = await asked(htu);
    assert.equal(answer.headers.get('www-authenticate'), 'DPoP error="invalid_dpop_proof", algs="ES256"', htu);
    assert.equal(answer.status, 401, htu);
  }
});

test('a body in a content encoding is 415 at every door, in its language', async () => {
  const { scribeless, kelviq, loyva, subscribr } = platform.keys;
  const { key: held } = await gateway.partner({ vendorKeys: { scribeless, kelviq, loyva, subscribr } });
  const keys = { scribeless: held, kelviq: held, loyva: held, subscribr: held };
  const json = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const knocked = async (url: string, path: string, headers: Record<string, string>, method = 'POST') => {
    const body = headers['content-type'] ? '--x--\r\n' : '{}';
    const answer = await fetch(url + path, { method, headers: { ...json, ...headers }, body });
    assert.deepEqual([answer.status, answer.headers.get('accept-encoding')], [415, 'identity'], `${path} ${await answer.text()}`);
  };
  for (const [url, at] of [
    [gateway.url, keys],
    [platform.url, platform.keys],
  ] as const) {
    await knocked(url, '/api/partner/teams', { 'x-api-key': at.scribeless });
    await knocked(url, '/api/v1/partner/organizations/', { 'x-kelviq-partner-key': at.kelviq });
    await knocked(url, '/api/v1/team/tokens', { authorization: `Bearer ${at.subscribr}` });
    await knocked(url, '/api/v2/partner/envelopes', { 'x-api-key': at.loyva });
    await knocked(url, '/api/v2/partner/envelopes', { 'x-api-key': at.loyva, 'content-type': 'multipart/form-data; boundary=x' });
    await knocked(url, '/api/v2/partner/webhook', { 'x-api-key': at.loyva }, 'PATCH');
    await knocked(url, '/api/v2/embed/token', { 'x-api-key': at.loyva });
  }
  await knocked(gateway.url, '/embed/token', { 'x-api-key': held });
  await knocked(gateway.url, '/embed/session', { authorization: `DPoP ${await mintedToken(gateway.url, partner.key)}`, origin });
  const admin = { authorization: `Bearer ${gateway.adminToken}` };
  await knocked(gateway.url, '/api/v1/admin/partners/', admin);
  await knocked(
    gateway.url,
    `/api/v1/admin/partners/${partner.id}/flow/documents/lease`,
    { ...admin, 'content-type': 'application/pdf' },
    'PUT',
  );
});
