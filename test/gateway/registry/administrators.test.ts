import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { freePort, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { mintedToken, type Pair } from '../../visitor.ts';
import { answered } from '../world/answers.ts';

const issuer = 'https://scaikey.example';
const audience = 'inlay-admin';
const kid = 'their-key';
let server: Server;
let keys: Pair;
let gateway: StartedGateway;

before(async () => {
  keys = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid, alg: 'RS256', use: 'sig' };
  server = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
  );
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  gateway = await startGateway({ admin: { issuer, audience, jwksUrl: `http://127.0.0.1:${port}/keys` } });
});
after(async () => {
  await gateway.close();
  server.closeAllConnections();
  server.close();
});

const seconds = () => Math.floor(Date.now() / 1000);
const theirs = (claims: Record<string, unknown> = {}, { pair = keys, alg = 'RS256', header = {} } = {}) =>
  new SignJWT({ iss: issuer, aud: audience, sub: 'usr_1', role: 'super_admin', iat: seconds(), exp: seconds() + 600, ...claims })
    .setProtectedHeader({ alg, kid, ...header })
    .sign(pair.privateKey);
const ask = async (token: string | Promise<string>, method = 'GET', path = '/api/v1/admin/partners/', body?: object) =>
  fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${await token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const create = (token: Promise<string>) => ask(token, 'POST', '/api/v1/admin/partners/', { name: 'P', contact_email: 'a@b.example' });

test('a super_admin of the external issuer reads and writes', async () => {
  assert.equal((await ask(theirs())).status, 200);
  assert.equal((await create(theirs())).status, 201);
});

test('admin:read reads and does not write, admin:write does not read', async () => {
  const [reads, writes] = [
    () => theirs({ role: undefined, scope: 'openid admin:read' }),
    () => theirs({ role: undefined, scope: 'admin:write' }),
  ];
  assert.equal((await ask(reads())).status, 200);
  assert.equal((await create(writes())).status, 201);
  for (const refusal of [await create(reads()), await ask(writes())])
    assert.deepEqual(Object.keys(await answered(refusal, 403)), ['detail']);
  const { items } = await answered<{ items: { id: string }[] }>(ask(reads()));
  const below = `/api/v1/admin/partners/${items[0]?.id}`;
  assert.equal((await ask(reads(), 'GET', `${below}/keys`)).status, 200);
  for (const [method, path] of [
    ['POST', '/keys'],
    ['POST', '/origins'],
    ['PUT', '/credentials'],
    ['PUT', '/flow'],
    ['DELETE', '/keys/x'],
    ['POST', '/runs/x/retry'],
  ] as const)
    assert.equal((await ask(reads(), method, below + path)).status, 403, path);
  assert.equal((await ask(reads(), 'POST', '/api/v1/admin/keys/rotate')).status, 403);
  assert.equal((await ask(reads(), 'DELETE', below)).status, 403);
});

test('a token of another type, for longer than a day, or of a time to come is refused', async () => {
  for (const typ of ['JWT', 'jwt', 'at+jwt', 'application/at+JWT'])
    assert.equal((await ask(theirs({}, { header: { typ } }))).status, 200, typ);
  for (const typ of ['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'embed+jwt', 'x', ''])
    assert.equal((await ask(theirs({}, { header: { typ } }))).status, 401, typ);
  const iat = seconds();
  for (const claims of [{ iat: iat - 10, exp: iat - 10 + 86_400 }, { iat: iat + 3 }, { iat: iat - 86_000, exp: iat + 400 }])
    assert.equal((await ask(theirs(claims))).status, 200, JSON.stringify(claims));
  for (const claims of [
    { iat: iat - 10, exp: iat - 9 + 86_400 },
    { iat: iat + 60 },
    { iat: undefined },
    { iat: 'now' },
    { exp: Number.MAX_SAFE_INTEGER },
  ])
    assert.equal((await ask(theirs(claims))).status, 401, JSON.stringify(claims));
});

test('other roles and scopes that only look alike are refused', async () => {
  for (const claims of [
    { role: 'partner_admin' },
    { role: ['super_admin'] },
    { role: 'SUPER_ADMIN' },
    { role: undefined, scope: 'admin:reader xadmin:read' },
    { role: undefined, scope: ['admin:read'] },
    { role: undefined },
  ])
    assert.equal((await ask(theirs(claims))).status, 403, JSON.stringify(claims));
});

test('another issuer, audience, key, kind of signature, an old token and one without end or subject are refused', async () => {
  const wrong: [string, Promise<string>][] = [
    ['issuer', theirs({ iss: `${issuer}/` })],
    ['no issuer', theirs({ iss: undefined })],
    ['audience', theirs({ aud: 'other' })],
    ['no audience', theirs({ aud: undefined })],
    ['expired', theirs({ exp: Math.floor(Date.now() / 1000) - 10 })],
    ['endless', theirs({ exp: undefined })],
    ['no subject', theirs({ sub: undefined })],
    ['not yet', theirs({ nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['key', theirs({}, { pair: await generateKeyPair('RS256') })],
    ['unknown kid', theirs({}, { header: { kid: 'other' } })],
    ['our type', theirs({}, { header: { typ: 'admin+jwt' } })],
    ['alg', theirs({}, { alg: 'RS512', pair: await generateKeyPair('RS512') })],
  ];
  for (const [name, token] of wrong) assert.equal((await ask(token)).status, 401, name);
  const [, claims = ''] = (await theirs()).split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
  assert.equal((await ask(`${none}.${claims}.AAAA`)).status, 401);
  const hmac = new SignJWT({ iss: issuer, aud: audience, sub: 'x', role: 'super_admin' })
    .setProtectedHeader({ alg: 'HS256', kid })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey))));
  assert.equal((await ask(hmac)).status, 401);
});

test('our own embed token does not pass as the external issuer’s, and the built-in one still works', async () => {
  const { key } = await gateway.partner({});
  assert.equal((await ask(mintedToken(gateway.url, key))).status, 401);
  assert.equal((await ask(gateway.adminToken)).status, 200);
});

test('an external token is refused where no external issuer is set', async (t) => {
  const plain = await startGateway();
  t.after(() => plain.close());
  assert.equal(
    (await fetch(`${plain.url}/api/v1/admin/partners/`, { headers: { authorization: `Bearer ${await theirs()}` } })).status,
    401,
  );
});

test('when the external keys cannot be fetched nobody comes in with them, and the built-in issuer goes on', async (t) => {
  const cut = await startGateway({ admin: { issuer, audience, jwksUrl: `http://127.0.0.1:${await freePort()}/keys` } });
  t.after(() => cut.close());
  const as = async (token: string) => fetch(`${cut.url}/api/v1/admin/partners/`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await as(await theirs())).status, 503);
  assert.equal((await as(cut.adminToken)).status, 200);
});
