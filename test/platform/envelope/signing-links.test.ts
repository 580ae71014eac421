import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ceremonyWith, complete, create, dataOf, eventsOf, partner, rows } from '../world/envelopes.ts';
import { toldOf } from '../world/told.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

interface Link {
  readonly email: string;
  readonly signing_url: string;
  readonly expires_at: string;
}
interface Token {
  readonly token: string;
  readonly expires_at: string;
  readonly embed_url: string;
}
const day = 86_400_000;
const two = {
  signers: [
    { email: 'bo@shop.example', name: 'Bo Berg', role: 'Buyer' },
    { email: 'cy@shop.example', name: 'Cy Carlsson' },
  ],
};
const linksOf = async (id: string) => dataOf<Link[]>(await partner(platform, 'GET', `${id}/signing-links`));
const mint = (id: string, over: object = {}) =>
  partner(platform, 'POST', '/api/v2/embed/token', { envelope_id: id, user_email: 'bo@shop.example', widget_type: 'sign', ...over });
const tokenOf = (url: string) => url.split('#')[1] ?? '';

test('every call makes a new link for every signer, earlier ones stay good, and each opens its own signer', async () => {
  const id = await create(platform, two);
  const first = await partner(platform, 'GET', `${id}/signing-links`);
  const [bo, cy] = dataOf<Link[]>(first);
  const { signing_url, expires_at, ...rest } = bo ?? assert.fail();
  assert.deepEqual(rest, { email: 'bo@shop.example', name: 'Bo Berg', role: 'Buyer', status: 'asked' });
  assert.match(signing_url, new RegExp(`^${platform.url}/sign#[\\w-]{43}$`));
  assert.equal(expires_at, new Date(platform.clock.now + 7 * day).toISOString());
  assert.equal(first.headers.get('cache-control'), 'no-store');
  const [later] = await linksOf(id);
  assert.notEqual(later?.signing_url, signing_url);
  for (const [link, email] of [
    [bo, 'bo@shop.example'],
    [later, 'bo@shop.example'],
    [cy, 'cy@shop.example'],
  ] as const) {
    const { status, json } = await ceremonyWith(platform, tokenOf(link?.signing_url ?? ''))('GET', '');
    assert.deepEqual([status, (json.you as Link).email], [200, email]);
  }
});

test('of a link only the hash is kept, and the record says whose key asked for it without telling the key', async () => {
  const id = await create(platform, two);
  const token = tokenOf((await linksOf(id))[0]?.signing_url ?? '');
  const hash = createHash('sha256').update(token).digest('hex');
  assert.equal(rows(platform, `select hash from passes where kind = 'link' and hash = ?`, hash).length, 1);
  const everything = JSON.stringify([rows(platform, 'select * from passes'), toldOf(platform, id)]);
  assert.ok(!everything.includes(token));
  const made = eventsOf(platform, id).filter(({ kind }) => kind === 'link.made');
  assert.equal(made.length, 2);
  const mark = createHash('sha256').update(platform.keys.loyva).digest('hex').slice(0, 16);
  assert.deepEqual(new Set(made.map(({ detail }) => detail)), new Set([`key ${mark}`]));
  assert.ok(made.every(({ signer_id }) => signer_id !== null));
});

test('a link lasts no longer than its envelope, and not at all once that has ended', async () => {
  const end = new Date(platform.clock.now + day).toISOString();
  const id = await create(platform, { ...two, expires_at: end });
  assert.deepEqual(
    (await linksOf(id)).map(({ expires_at }) => expires_at),
    [end, end],
  );
  await partner(platform, 'POST', `${id}/void`, {});
  const { status, json } = await partner(platform, 'GET', `${id}/signing-links`);
  assert.deepEqual([status, json], [409, { error: 'The envelope is voided; signing links are made while it is sent or viewed.' }]);
});

test('an embed token names ids only, lasts fifteen minutes, and lets its signer in', async () => {
  const id = await create(platform, two);
  const answer = await mint(id, { user_email: 'BO@Shop.example' });
  const { token, expires_at, embed_url, ...rest } = dataOf<Token>(answer);
  assert.deepEqual([answer.status, rest], [200, { widget_type: 'sign', envelope_id: id }]);
  assert.equal(embed_url, `${platform.url}/sign#${token}`);
  assert.equal(expires_at, new Date(platform.clock.now + 15 * 60_000).toISOString());
  assert.equal(decodeProtectedHeader(token).typ, 'sign+jwt');
  assert.deepEqual(Object.keys(decodeJwt(token)).sort(), ['account', 'envelope', 'exp', 'iat', 'jti', 'signer']);
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  assert.ok(!/bo|berg|shop/i.test(text.replace(/"(jti|signer|account|envelope)":"[^"]*"/g, '')));
  const { json } = await ceremonyWith(platform, token)('GET', '');
  assert.equal((json.you as Link).email, 'bo@shop.example');
});

test('a token that was changed, spelled otherwise, of another platform or too old opens nothing', async (t) => {
  const id = await create(platform, two);
  const { token } = dataOf<Token>(await mint(id));
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...claims, signer: 'sig_aaaaaaaaaaaaaaaaaaaaaaaa' })).toString('base64url');
  const plain = Buffer.from('{"alg":"none","typ":"sign+jwt"}').toString('base64url');
  const last = signature.slice(-1);
  const respelled = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const twin = respelled[respelled.indexOf(last) ^ 1] ?? '';
  const second = await startPlatform();
  t.after(() => second.close());
  const strange = [
    `${head}.${other}.${signature}`,
    `${plain}.${body}.`,
    `${plain}.${body}.${signature}`,
    `${head}.${body}.${signature.slice(0, -1)}${twin}`,
    `${token}.x`,
    'x'.repeat(5_000),
    'x.y.z',
  ];
  for (const each of strange) {
    const { status, json } = await ceremonyWith(platform, each)('GET', '');
    assert.deepEqual([status, json.code], [401, 'token-invalid'], each.slice(0, 80));
  }
  assert.equal((await ceremonyWith(second, token)('GET', '')).status, 401);
  platform.clock.now += 15 * 60_000;
  const late = await ceremonyWith(platform, token)('GET', '');
  assert.deepEqual([late.status, late.json.code], [401, 'token-expired']);
});

test('a token is refused for strangers, other widgets, unknown envelopes and ended ones', async () => {
  const id = await create(platform, two);
  const refused: [over: object, status: number, pointers: string[] | undefined][] = [
    [{ user_email: 'eve@shop.example' }, 422, ['/user_email']],
    [{ user_email: 'bo' }, 422, ['/user_email']],
    [{ user_email: undefined, envelope_id: undefined }, 422, ['/envelope_id', '/user_email']],
    [{ widget_type: 'vault' }, 409, undefined],
    [{ widget_type: 'team' }, 422, ['/widget_type']],
    [{ envelope_id: 'env_aaaaaaaaaaaa' }, 404, undefined],
  ];
  for (const [over, expected, pointers] of refused) {
    const { status, json } = await mint(id, over);
    const named = (json.details as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer);
    assert.deepEqual([status, named], [expected, pointers], JSON.stringify(over));
  }
  const done = await create(platform, { customer_email: 'bo@shop.example' });
  await complete(platform, done);
  const late = await mint(done);
  assert.deepEqual(
    [late.status, late.json],
    [409, { error: 'The envelope is completed; sign tokens are made while it is sent or viewed.' }],
  );
});
