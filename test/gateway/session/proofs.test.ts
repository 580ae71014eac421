import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { base64url, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken, type Pair, type ProofOptions, proof } from '../../visitor.ts';
import { refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
const path = '/embed/onboarding';
let gateway: StartedGateway;
let key: string;
let visitor: Awaited<ReturnType<typeof createVisitor>>;

before(async () => {
  gateway = await startGateway();
  gateway.clock.hold();
  ({ key } = await gateway.partner({ origins: [origin] }));
  visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  assert.equal((await visitor.open(await mintedToken(gateway.url, key))).status, 201);
});
after(() => gateway.close());

const seconds = () => Math.floor(gateway.clock.now() / 1000);
const made = (change: Partial<ProofOptions> = {}) =>
  proof({ method: 'GET', url: gateway.url + path, token: visitor.token, pair: visitor.pair, iat: seconds(), ...change });
const present = (dpop: string, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, { headers: { authorization: `DPoP ${visitor.token}`, dpop, origin, ...headers } });
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

test('a good proof is good once', async () => {
  const once = await made();
  assert.equal((await present(once)).status, 200);
  await refused(present(once), 401, 'proof-replayed');
});

test('one proof presented fifty times at once passes once', async () => {
  const once = await made();
  const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await present(once)).status));
  assert.deepEqual(statuses.filter((status) => status === 200).length, 1);
});

test('the same jti is another proof when another key signed it', async () => {
  const jti = randomUUID();
  const second = await createVisitor(gateway.url, origin, gateway.clock.now);
  await second.open(await mintedToken(gateway.url, key));
  assert.equal((await present(await made({ jti }))).status, 200);
  const theirs = await made({ jti, pair: second.pair, token: second.token });
  assert.equal((await present(theirs, { authorization: `DPoP ${second.token}` })).status, 200);
});

test('without a proof, or with two, there is no answer', async () => {
  await refused(fetch(gateway.url + path, { headers: { authorization: `DPoP ${visitor.token}`, origin } }), 401, 'proof-invalid');
  const both = [await made(), await made()];
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = ['Authorization', `DPoP ${visitor.token}`, 'Origin', origin, 'DPoP', both[0] ?? '', 'DPoP', both[1] ?? ''];
    request(gateway.url + path, { headers: ['Host', new URL(gateway.url).host, ...headers] }, (answer) =>
      resolve(answer.resume().statusCode),
    )
      .on('error', reject)
      .end();
  });
  assert.equal(status, 401);
});

for (const [name, change] of Object.entries<Partial<ProofOptions>>({
  'another method': { method: 'POST' },
  'another path': { url: 'http://127.0.0.1/embed/session' },
  'no ath': { claims: { ath: undefined } },
  'the ath of another token': { token: 'x'.repeat(43) },
  'no jti': { claims: { jti: undefined } },
  'a short jti': { jti: 'short' },
  'a jti of 129 characters': { jti: 'x'.repeat(129) },
  'a jti that is a number': { claims: { jti: 12345678 } },
  'no iat': { claims: { iat: undefined } },
  'an iat in words': { claims: { iat: 'now' } },
  'an iat with a fraction': { claims: { iat: Date.now() / 1000 + 0.5 } },
  'typ JWT': { header: { typ: 'JWT' } },
  'no typ': { header: { typ: undefined } },
  'no jwk': { header: { jwk: undefined } },
  'a crit header': { header: { crit: ['exp'], exp: 1 } },
}))
  test(`a proof with ${name} is refused`, async () => {
    const wrong = change.header && 'crit' in change.header ? await made().then((good) => recrit(good)) : await made(change);
    await refused(present(wrong), 401, 'proof-invalid');
  });

/** jose does not sign what it could not verify, so the header is put in by hand; the signature is then wrong as well. */
function recrit(good: string): string {
  const [header = '', ...rest] = good.split('.');
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), crit: ['exp'], exp: 1 };
  return [base64url.encode(JSON.stringify(changed)), ...rest].join('.');
}

test('the address is compared without the query, and never with Host', async () => {
  const asked = (dpop: string, query = '', host?: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `DPoP ${visitor.token}`, dpop, origin, ...(host && { host }) };
      request(gateway.url + path + query, { headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
  assert.equal(await asked(await made(), '?a=b'), 200);
  assert.equal(await asked(await made({ url: `http://evil.example${path}` }), '', 'evil.example'), 401);
  assert.equal(await asked(await made(), '', 'evil.example'), 200);
});

test('a proof is taken 60 seconds back and 5 ahead, and no further', async () => {
  assert.equal((await present(await made({ iat: seconds() + 5 }))).status, 200);
  await refused(present(await made({ iat: seconds() + 6 })), 401, 'proof-stale');
  gateway.clock.advance(120_000);
  assert.equal((await present(await made({ iat: seconds() - 60 }))).status, 200);
  const stale = await present(await made({ iat: seconds() - 61 }));
  assert.ok(stale.headers.get('date'));
  await refused(stale, 401, 'proof-stale');
});

test('a replay is known until the proof has grown old', async () => {
  const early = await made({ iat: seconds() + 5 });
  assert.equal((await present(early)).status, 200);
  gateway.clock.advance(64_000);
  await present(await made());
  await refused(present(early), 401, 'proof-replayed');
  gateway.clock.advance(3_000);
  await refused(present(early), 401, 'proof-stale');
});

const signedBy = async (pair: Pair, jwk: object, alg = 'ES256') => {
  const good = await made();
  const [, claims = ''] = good.split('.');
  return new SignJWT(JSON.parse(Buffer.from(claims, 'base64url').toString()))
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk })
    .sign(pair.privateKey);
};

test('a proof of another key is refused', async () => {
  await refused(present(await made({ pair: await generateKeyPair('ES256') })), 401, 'session-invalid');
});

test('a proof signed by another key than the one it shows is refused', async () => {
  const wrong = await signedBy(await generateKeyPair('ES256'), await exportJWK(visitor.pair.publicKey));
  await refused(present(wrong), 401, 'proof-invalid');
});

test('a proof that carries a private key is refused', async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  await refused(present(await signedBy(pair, await exportJWK(pair.privateKey))), 401, 'proof-invalid');
});

test('keys of other kinds, damaged keys and none at all are refused', async () => {
  const rsa = await generateKeyPair('RS256');
  await refused(present(await signedBy(rsa, await exportJWK(rsa.publicKey), 'RS256')), 401, 'proof-invalid');
  const p384 = await generateKeyPair('ES384');
  await refused(present(await signedBy(p384, await exportJWK(p384.publicKey), 'ES384')), 401, 'proof-invalid');
  const good = await exportJWK(visitor.pair.publicKey);
  for (const jwk of [
    {},
    { ...good, x: 'AAAA' },
    { ...good, y: good.x },
    { ...good, x: 7 },
    { kty: 'EC', crv: 'P-256' },
    { kty: 'oct', k: 'AAAA' },
  ])
    await refused(present(await signedBy(visitor.pair, jwk)), 401, 'proof-invalid');
});

test('alg none and HS256 are refused', async () => {
  const [, claims = ''] = (await made()).split('.');
  const jwk = await exportJWK(visitor.pair.publicKey);
  const header = (alg: string) => base64url.encode(JSON.stringify({ alg, typ: 'dpop+jwt', jwk }));
  await refused(present(`${header('none')}.${claims}.`), 401, 'proof-invalid');
  await refused(present(`${header('none')}.${claims}.AAAA`), 401, 'proof-invalid');
  const shared = await new SignJWT(JSON.parse(Buffer.from(claims, 'base64url').toString()))
    .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk })
    .sign(new TextEncoder().encode(String(jwk.x)));
  await refused(present(shared), 401, 'proof-invalid');
});

test('of the sixteen last characters that spell one signature, one is taken, for proofs and for embed tokens', async () => {
  const spellings = (token: string) => {
    const index = alphabet.indexOf(token.slice(-1));
    return Array.from({ length: 16 }, (_, low) => token.slice(0, -1) + alphabet[(index & 48) | low]);
  };
  const good = await made();
  const others = spellings(good).filter((spelling) => spelling !== good);
  assert.equal(others.length, 15);
  for (const spelling of [...others, `${good}=`, `${good}==`, good.replace('.', '.=')])
    await refused(present(spelling), 401, 'proof-invalid');
  assert.equal((await present(good)).status, 200);

  const embed = await mintedToken(gateway.url, key);
  const openAs = async (token: string) => (await createVisitor(gateway.url, origin, gateway.clock.now)).open(token);
  for (const spelling of spellings(embed).filter((each) => each !== embed)) await refused(openAs(spelling), 401, 'token-invalid');
  for (const spelling of [`${embed}=`, embed.replaceAll('.', '=.')]) assert.equal((await openAs(spelling)).status, 401);
  assert.equal((await openAs(embed)).status, 201);
});

test('Bearer in the place of DPoP is refused, with a proof and without', async () => {
  await refused(present(await made(), { authorization: `Bearer ${visitor.token}` }), 401, 'unauthenticated');
  await refused(fetch(gateway.url + path, { headers: { authorization: `Bearer ${visitor.token}`, origin } }), 401, 'unauthenticated');
  await refused(present(await made(), { authorization: '' }), 401, 'unauthenticated');
});

test('right after a start proofs are stale, and the answer says when to come back and what time it is', async (t) => {
  const fresh = await startGateway({ fresh: true });
  t.after(() => fresh.close());
  const { key: own } = await fresh.partner({ origins: [origin] });
  const early = await createVisitor(fresh.url, origin, fresh.clock.now);
  const token = await mintedToken(fresh.url, own);
  const answer = await early.open(token);
  const wait = Number(answer.headers.get('retry-after'));
  assert.ok(wait >= 1 && wait <= 6, `Retry-After is ${wait}`);
  assert.ok(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now()) < 5_000);
  await refused(answer, 401, 'proof-stale');
  fresh.clock.advance(wait * 1000);
  assert.equal((await early.open(token)).status, 201);
});
