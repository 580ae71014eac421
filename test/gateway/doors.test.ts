import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { type StartedGateway, startGateway } from '../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../start-platform.ts';
import { createVisitor, mintedToken } from '../visitor.ts';

const origin = 'https://portal.harbor.example';
let platform: StartedPlatform;
let gateway: StartedGateway;
/** One of every kind of token and key that works at its own door. */
let held: Record<
  'embed token' | 'session token' | 'admin token' | 'partner key' | 'Scribeless key' | 'Kelviq key' | 'customer key',
  string
>;

before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  const { scribeless, kelviq } = platform.keys;
  const { key } = await gateway.partner({ origins: [origin], vendorKeys: { scribeless, kelviq } });
  const visitor = await createVisitor(gateway.url, origin);
  await visitor.open(await mintedToken(gateway.url, key));
  const team = await fetch(`${platform.url}/api/partner/teams`, {
    method: 'POST',
    headers: { 'x-api-key': scribeless, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@doors.example', firstName: 'Ada', lastName: 'Nordin', companyName: 'Doors AB' }),
  });
  held = {
    'embed token': await mintedToken(gateway.url, key),
    'session token': visitor.token,
    'admin token': gateway.adminToken,
    'partner key': key,
    'Scribeless key': scribeless,
    'Kelviq key': kelviq,
    'customer key': ((await team.json()) as { apiKey: { key: string } }).apiKey.key,
  };
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const json = { 'content-type': 'application/json' };
const mintBody = JSON.stringify({ widget_type: 'onboarding', user_email: 'a@b.example', customer: { external_id: 'c-1' } });
const dpop = async (method: string, path: string, token: string, body?: object) =>
  (await createVisitor(gateway.url, origin)).call(method, path, body, {}, token);

/** How each door is knocked at with a token, and whose it is. */
const doors: Record<string, { takes: keyof typeof held | undefined; knock: (token: string) => Promise<Response> }> = {
  'the mint': {
    takes: 'partner key',
    knock: (token) => fetch(`${gateway.url}/embed/token`, { method: 'POST', headers: { ...json, 'x-api-key': token }, body: mintBody }),
  },
  'the opening of a session': { takes: 'embed token', knock: (token) => dpop('POST', '/embed/session', token, {}) },
  'the run of a customer': { takes: undefined, knock: (token) => dpop('GET', '/embed/onboarding', token) },
  'the refresh of a session': { takes: undefined, knock: (token) => dpop('POST', '/embed/session/refresh', token, {}) },
  'the list of partners': {
    takes: 'admin token',
    knock: (token) => fetch(`${gateway.url}/api/v1/admin/partners/`, { headers: { authorization: `Bearer ${token}` } }),
  },
  'the rotation of keys': {
    takes: 'admin token',
    knock: (token) => fetch(`${gateway.url}/api/v1/admin/keys/rotate`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }),
  },
  'the partner’s runs': {
    takes: 'partner key',
    knock: (token) => fetch(`${gateway.url}/partner/runs`, { headers: { 'x-api-key': token } }),
  },
  'the partner’s runs as a bearer': {
    takes: undefined,
    knock: (token) => fetch(`${gateway.url}/partner/runs`, { headers: { authorization: `Bearer ${token}` } }),
  },
  'the account status': {
    takes: undefined,
    knock: (token) => fetch(`${gateway.url}/api/account/status`, { headers: { 'x-api-key': token } }),
  },
  'the organizations': {
    takes: 'partner key',
    knock: (token) => fetch(`${gateway.url}/api/v1/partner/organizations/`, { headers: { 'x-kelviq-partner-key': token } }),
  },
};

for (const [door, { takes, knock }] of Object.entries(doors))
  test(`${door}: ${takes ?? 'none of these'} and nothing else is taken`, async () => {
    const rotating = door === 'the rotation of keys';
    for (const [name, token] of Object.entries(held)) {
      if (rotating && name === takes) continue;
      const { status } = await knock(token);
      // A partner key is the right kind at the status; the partner's own Scribeless key then opens no account there.
      if (name === takes) assert.ok(status === 200 || status === 201, `${name}: ${status}`);
      else assert.equal(status, 401, `${name}: ${status}`);
    }
    assert.equal((await knock('')).status, 401);
  });

test('an embed token as the session’s own is refused although its key opened the session', async () => {
  const visitor = await createVisitor(gateway.url, origin);
  const token = held['embed token'];
  assert.equal((await visitor.call('GET', '/embed/onboarding', undefined, {}, token)).status, 401);
});

test('a token of our shape signed by somebody else’s key is refused at both doors that read tokens', async () => {
  const { generateKeyPair } = await import('jose');
  const stranger = await generateKeyPair('ES256');
  const forge = (typ: string, aud: string, kid: string) =>
    new SignJWT({ role: 'super_admin', partner: 'prt_x', widget: 'onboarding', customer: 'cus_x', origins: [origin] })
      .setProtectedHeader({ alg: 'ES256', typ, kid })
      .setIssuer(gateway.url)
      .setAudience(aud)
      .setSubject('admin')
      .setJti('x'.repeat(20))
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(stranger.privateKey);
  const [header = ''] = held['admin token'].split('.');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
  for (const id of [kid, 'unknown', '']) {
    const admin = await forge('admin+jwt', `${gateway.url}/api/v1/admin`, id);
    assert.equal((await fetch(`${gateway.url}/api/v1/admin/partners/`, { headers: { authorization: `Bearer ${admin}` } })).status, 401);
    assert.equal((await dpop('POST', '/embed/session', await forge('embed+jwt', `${gateway.url}/embed`, id), {})).status, 401);
  }
});

test('a cookie opens nothing, and nothing sets one', async () => {
  const cookie = `session=${held['session token']}; token=${held['admin token']}`;
  for (const path of ['/embed/onboarding', '/api/v1/admin/partners/', '/partner/runs']) {
    const answer = await fetch(gateway.url + path, { headers: { cookie, origin } });
    assert.equal(answer.status, 401, path);
    assert.equal(answer.headers.get('set-cookie'), null);
  }
});
