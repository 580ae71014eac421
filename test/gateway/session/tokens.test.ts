import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Fault } from '../../../shared/problem.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken, mintToken } from '../../visitor.ts';
import { answered, type Json, pointers } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
const other = 'https://second.harbor.example';
let gateway: StartedGateway;
let partner: { id: string; key: string };

before(async () => {
  gateway = await startGateway();
  partner = await gateway.partner({ origins: [origin, other] });
});
after(() => gateway.close());

type LoyvaError = { error: string; code: string; details?: Fault[] };
const mint = (body: object = {}, headers: Record<string, string> = {}) => mintToken(gateway.url, partner.key, body, headers);
async function loyvaRefusal(answer: Promise<Response>, status: number, code: string): Promise<LoyvaError> {
  const response = await answer;
  const error = (await response.json()) as LoyvaError;
  assert.equal(response.status, status, JSON.stringify(error));
  assert.equal(error.code, code);
  assert.equal(typeof error.error, 'string');
  assert.deepEqual(
    Object.keys(error).filter((name) => !['error', 'code', 'details'].includes(name)),
    [],
  );
  for (const detail of error.details ?? []) assert.deepEqual(Object.keys(detail), ['pointer', 'code', 'message']);
  return error;
}

test('a minted token says who may open which widget for whom and from where, and nothing else', async () => {
  const token = await mintedToken(gateway.url, partner.key);
  const claims = decodeJwt(token);
  const listed = ['aud', 'customer', 'exp', 'iat', 'iss', 'jti', 'origins', 'partner', 'scope', 'sub', 'widget'];
  assert.deepEqual(Object.keys(claims).sort(), listed);
  assert.equal(claims.iss, gateway.url);
  assert.equal(claims.partner, partner.id);
  assert.equal(claims.scope, 'onboarding:write');
  assert.deepEqual(claims.origins, [origin, other]);
  assert.match(String(claims.sub), /^usr_[a-z2-7]{24}$/);
  assert.match(String(claims.customer), /^cus_[a-z2-7]{24}$/);
  const { alg, typ, kid, ...more } = decodeProtectedHeader(token);
  assert.deepEqual([alg, typ, typeof kid, more], ['ES256', 'embed+jwt', 'string', {}]);
});

test('no e-mail, name, company, external id or metadata is in the bytes of a token', async () => {
  const told = {
    user_email: 'grace.hopper@navy.example',
    customer: {
      external_id: 'EXT-771',
      email: 'ada@lovelace.example',
      first_name: 'Adelheid',
      last_name: 'Quux',
      company_name: 'Zebra Works',
    },
    metadata: { order: 'META-42' },
  };
  const token = await mintedToken(gateway.url, partner.key, told);
  const bytes =
    token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join('\n') + token;
  for (const word of ['grace', 'navy', 'ada@', 'lovelace', 'EXT-771', 'Adelheid', 'Quux', 'Zebra', 'META-42'])
    assert.ok(!bytes.toLowerCase().includes(word.toLowerCase()), word);
});

test('the same user of a partner is always the same sub, whatever the case of the address; another partner’s is another', async () => {
  const sub = async (key: string, user_email: string) => decodeJwt(await mintedToken(gateway.url, key, { user_email })).sub;
  const stranger = await gateway.partner({ name: 'Stranger' });
  const first = await sub(partner.key, 'Mira@Harbor.example');
  assert.equal(await sub(partner.key, 'mira@harbor.example'), first);
  assert.notEqual(await sub(stranger.key, 'mira@harbor.example'), first);
});

test('anybody can verify a token with the published keys, and they hold no private half', async () => {
  const jwks = new URL(`${gateway.url}/.well-known/jwks.json`);
  const token = await mintedToken(gateway.url, partner.key);
  const { payload } = await jwtVerify(token, createRemoteJWKSet(jwks), {
    issuer: gateway.url,
    audience: `${gateway.url}/embed`,
    typ: 'embed+jwt',
  });
  assert.equal(payload.partner, partner.id);
  const { keys } = await answered<{ keys: Json[] }>(fetch(jwks));
  for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

test('after a rotation new tokens carry another kid and the old ones still open sessions', async () => {
  const old = await mintedToken(gateway.url, partner.key);
  const { kid } = await answered<{ kid: string }>(gateway.admin('POST', '/api/v1/admin/keys/rotate'));
  const fresh = await mintedToken(gateway.url, partner.key);
  assert.equal(decodeProtectedHeader(fresh).kid, kid);
  assert.notEqual(decodeProtectedHeader(old).kid, kid);
  for (const token of [old, fresh]) assert.equal((await (await createVisitor(gateway.url, origin)).open(token)).status, 201);
  const { keys } = await answered<{ keys: Json[] }>(fetch(`${gateway.url}/.well-known/jwks.json`));
  assert.equal(keys.length, 2);
});

test('the answer names the moment of expiry and the address of the frame, under both paths', async () => {
  for (const path of ['/embed/token', '/api/v2/embed/token']) {
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'x-api-key': partner.key, 'content-type': 'application/json' },
      body: JSON.stringify({ widget_type: 'onboarding', user_email: 'a@b.example', customer: { external_id: 'c-1' }, expires_in: 60 }),
    });
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const { data, ...rest } = await answered<{ data: Record<string, string> }>(response);
    assert.deepEqual(rest, {});
    assert.deepEqual(Object.keys(data).sort(), ['embed_url', 'expires_at', 'token', 'widget_type']);
    const { exp = 0, iat = 0 } = decodeJwt(data.token ?? '');
    assert.equal(exp - iat, 60);
    assert.equal(data.expires_at, new Date(exp * 1000).toISOString());
    assert.equal(data.embed_url, `${gateway.url}/embed/frame/${partner.id}#${data.token}`);
  }
});

test('a token lives 60 to 1800 seconds, 900 when nothing is said', async () => {
  const { exp = 0, iat = 0 } = decodeJwt(await mintedToken(gateway.url, partner.key));
  assert.equal(exp - iat, 900);
  for (const expires_in of [60, 1800]) assert.equal((await mint({ expires_in })).status, 200);
  for (const expires_in of [59, 1801, 60.5, '900', null]) {
    const { details } = await loyvaRefusal(mint({ expires_in }), 422, 'invalid-input');
    assert.deepEqual(pointers(details), ['/expires_in']);
  }
});

test('every fault of a request is named at once, at its place', async () => {
  const { details } = await loyvaRefusal(
    mint({ user_email: 'nobody', expires_in: 1, colour: 'red', customer: { external_id: '', age: 7, locked: ['shoe'] } }),
    422,
    'invalid-input',
  );
  const named = ['/colour', '/customer/age', '/customer/external_id', '/customer/locked/0', '/expires_in', '/user_email'];
  assert.deepEqual(pointers(details).sort(), named);
});

test('an unknown field is refused even where it looks like a known one', async () => {
  for (const name of ['role', 'envelope_id', 'Locale', 'a/b~c']) {
    const { details } = await loyvaRefusal(mint({ [name]: 'x' }), 422, 'invalid-input');
    assert.deepEqual(pointers(details), [`/${name.replace('~', '~0').replace('/', '~1')}`]);
  }
});

test('a view that does not exist yet is refused by name', async () => {
  for (const widget_type of ['team', 'nonsense', undefined]) {
    const { details } = await loyvaRefusal(mint({ widget_type }), 422, 'invalid-input');
    assert.deepEqual(pointers(details), ['/widget_type']);
    const wrong = { widget_type, user_email: 'nobody', expires_in: 7, customer: { external_id: '' }, envelope_id: 'x', more: 1 };
    const all = await loyvaRefusal(mint(wrong), 422, 'invalid-input');
    assert.deepEqual(pointers(all.details).toSorted(), [
      '/customer/external_id',
      '/envelope_id',
      '/expires_in',
      '/more',
      '/user_email',
      '/widget_type',
    ]);
  }
});

test('a body that is not JSON is 400, another type 415, a long one 413, in Loyva’s shape', async () => {
  const post = (body: string, type = 'application/json') =>
    fetch(`${gateway.url}/embed/token`, { method: 'POST', headers: { 'x-api-key': partner.key, 'content-type': type }, body });
  await loyvaRefusal(post('{'), 400, 'malformed-json');
  await loyvaRefusal(post('{"widget_type":"\ud800'.slice(0, 10)), 400, 'malformed-json');
  await loyvaRefusal(post('a=b', 'application/x-www-form-urlencoded'), 415, 'media-type-refused');
  await loyvaRefusal(post(JSON.stringify({ metadata: { long: 'x'.repeat(20_000) } })), 413, 'body-too-large');
});

test('origins narrow the token to some of the registered ones, and never add one', async () => {
  assert.deepEqual(decodeJwt(await mintedToken(gateway.url, partner.key, { origins: [other, other] })).origins, [other]);
  const { details } = await loyvaRefusal(mint({ origins: [origin, 'https://evil.example', `${origin}/`] }), 422, 'invalid-input');
  assert.deepEqual(pointers(details), ['/origins/1', '/origins/2']);
  const narrow = await mintedToken(gateway.url, partner.key, { origins: [other] });
  assert.equal((await (await createVisitor(gateway.url, origin)).open(narrow)).status, 403);
});

test('without a key, with a mistyped, an unknown or an expired one there is no token', async () => {
  const call = (key: string) => mintToken(gateway.url, key);
  await loyvaRefusal(call(''), 401, 'unauthenticated');
  const mistyped = `${partner.key.slice(0, -1)}${partner.key.endsWith('0') ? '1' : '0'}`;
  assert.match((await loyvaRefusal(call(mistyped), 401, 'unauthenticated')).error, /mistyped/);
  const another = await loyvaRefusal(call('kvqp_another_service'), 401, 'unauthenticated');
  assert.match(another.error, /not a key of the gateway: those are lk_ and 40/);
  await loyvaRefusal(call('lk_000000000000000000000000000000004c1df1e9'), 401, 'unauthenticated');
  const soon = new Date(gateway.clock.now() - 1000).toISOString();
  const expired = await gateway.partner({ key: { expires_at: soon }, name: 'Late' });
  await loyvaRefusal(call(expired.key), 401, 'unauthenticated');
});

test('a key without the scope is refused and told which one it lacks', async () => {
  const { key } = await gateway.partner({ key: { scopes: ['vault:read'] }, name: 'Reader' });
  const { error } = await loyvaRefusal(mintToken(gateway.url, key), 403, 'scope-missing');
  assert.match(error, /onboarding:write/);
});
