import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ceremonyWith, complete, create, dataOf, partner } from '../world/envelopes.ts';
import { toldOf } from '../world/told.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

interface Minted {
  readonly token: string;
  readonly expires_at: string;
  readonly embed_url: string;
  readonly widget_type: string;
}
const reader = 'Maria@Harbor.example';
const ask = (id: string, kind: string, email = reader, key?: string) =>
  partner(platform, 'POST', '/api/v2/embed/token', { envelope_id: id, user_email: email, widget_type: kind }, key);
const vaulted = async (): Promise<string> => {
  const id = await create(platform);
  await complete(platform, id);
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 200);
  return id;
};
const mint = async (id: string): Promise<Minted> => dataOf<Minted>(await ask(id, 'vault'));
const read = (token: string, what = '', method = 'GET') =>
  call(platform, method, `/api/v2/embed/vault${what}`, { Authorization: `Bearer ${token}` });
const codeOf = ({ status, json }: { status: number; json: Record<string, unknown> }) => `${status} ${json.code}`;

test('a token is made for a vaulted envelope alone, with ids in it and the e-mail only in the record', async () => {
  const open = await create(platform);
  const early = await ask(open, 'vault');
  assert.deepEqual([early.status, early.json], [409, { error: 'The envelope is sent; vault tokens are made while it is vaulted.' }]);
  assert.equal((await ask('env_aaaaaaaaaaaa', 'vault')).status, 404);
  const id = await vaulted();
  const minted = await mint(id);
  assert.equal(minted.widget_type, 'vault');
  assert.equal(minted.embed_url, `${platform.url}/vault#${minted.token}`);
  assert.equal(Date.parse(minted.expires_at), platform.clock.now + 15 * 60_000);
  assert.deepEqual(decodeProtectedHeader(minted.token), { alg: 'HS256', typ: 'vault+jwt' });
  assert.deepEqual(Object.keys(decodeJwt(minted.token)).sort(), ['account', 'envelope', 'exp', 'iat', 'jti', 'person']);
  assert.ok(!JSON.stringify(decodeJwt(minted.token)).toLowerCase().includes('harbor'));
  const last = toldOf(platform, id).at(-1);
  assert.deepEqual([last?.kind, last?.by], ['vault.linked', reader]);
  assert.match(last?.detail ?? '', /^page key [0-9a-f]{16}$/);
});

test('the key needs vault:read for it, as it needs esign:write for a token to sign', async () => {
  const id = await vaulted();
  const { loyva } = await platform.seed('Reader', {}, { scopes: ['vault:read'], rateLimit: 100 });
  const signing = await platform.seed('Signer', {}, { scopes: ['esign:write'], rateLimit: 100 });
  const refused = await ask(id, 'vault', reader, signing.loyva);
  assert.deepEqual([refused.status, refused.json], [403, { error: 'The key lacks the scope vault:read.' }]);
  assert.equal((await ask(id, 'sign', reader, loyva)).status, 403);
  assert.equal((await ask(id, 'vault', reader, loyva)).status, 404, 'another account’s');
});

test('the record tells what it is, who controls it, the eight checks, and who read', async () => {
  const id = await vaulted();
  const { token } = await mint(id);
  const { status, json, headers } = await read(token);
  assert.equal(status, 200);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.deepEqual([json.envelope_id, json.status, json.compliant, json.released], [id, 'vaulted', true, null]);
  assert.equal((json.checks as unknown[]).length, 8);
  assert.equal((json.controller as { name: string }).name, 'Harbor Leasing');
  const [first] = json.access_log as { kind: string; detail: string; by: string }[];
  assert.deepEqual([first?.kind, first?.detail, first?.by], ['vault.linked', 'page', reader]);
});

test('the copy is given out as a file, and the record says who read it and where from', async () => {
  const id = await vaulted();
  const { token } = await mint(id);
  const answer = await fetch(`${platform.url}/api/v2/embed/vault/copy`, {
    headers: { Authorization: `Bearer ${token}`, 'User-Agent': 'Browser/7' },
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${id}_copy.pdf"`);
  assert.equal(answer.headers.get('content-security-policy'), 'sandbox');
  const sha256 = createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex');
  assert.equal(answer.headers.get('etag'), `"${sha256}"`);
  assert.notEqual(sha256, (await read(token)).json.document_hash);
  const last = toldOf(platform, id).at(-1);
  assert.deepEqual([last?.kind, last?.detail, last?.by], ['vault.read', 'copy', reader]);
  assert.deepEqual(
    [last?.reached?.address, last?.reached?.userAgent, last?.reached?.assurance],
    ['127.0.0.1', 'Browser/7', 'partner-asserted'],
  );
  const before = toldOf(platform, id).length;
  const asked = await read(token, '/copy', 'HEAD');
  assert.deepEqual([asked.status, asked.headers.get('allow')], [405, 'GET']);
  assert.equal(toldOf(platform, id).length, before);
});

test('no other token opens the vault, and this one opens nothing else', async () => {
  const id = await vaulted();
  const open = await create(platform);
  const [{ token }, signing] = [await mint(id), dataOf<Minted>(await ask(open, 'sign', 'ada@shop.example'))];
  for (const wrong of [signing.token, 'nothing', `${token}x`, token.replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url'))])
    assert.equal(codeOf(await read(wrong)), '401 token-invalid');
  assert.equal(codeOf(await call(platform, 'GET', '/api/v2/embed/vault', {})), '401 unauthenticated');
  assert.equal(codeOf(await call(platform, 'GET', '/api/v2/embed/vault', { 'X-API-Key': platform.keys.loyva })), '401 unauthenticated');
  assert.equal(codeOf(await ceremonyWith(platform, token)('GET', '')), '401 token-invalid');
  assert.equal((await partner(platform, 'GET', id, undefined, token)).status, 401);
});

test('after fifteen minutes it opens nothing, and a forgotten reader is let in no more', async () => {
  const id = await vaulted();
  const [{ token }, other] = [await mint(id), dataOf<Minted>(await ask(id, 'vault', 'otto@harbor.example'))];
  assert.equal((await partner(platform, 'POST', '/api/v2/partner/erasures', { email: 'OTTO@harbor.example' })).status, 200);
  assert.equal(codeOf(await read(other.token)), '401 token-invalid');
  assert.equal(codeOf(await read(other.token, '/copy')), '401 token-invalid');
  assert.equal((await read(token)).status, 200);
  platform.clock.now += 15 * 60_000;
  for (const what of ['', '/copy']) assert.equal(codeOf(await read(token, what)), '401 token-expired');
});

test('a reader may ask sixty times a minute: every answer is judged anew, and every reading of the copy is recorded', async () => {
  const id = await vaulted();
  const [{ token }, again] = [await mint(id), await mint(id)];
  platform.clock.now = Math.floor(platform.clock.now / 60_000) * 60_000 + 80_000;
  for (let i = 0; i < 59; i++) assert.equal((await read(token)).status, 200);
  assert.equal((await read(again.token, '/copy')).status, 200);
  const told = toldOf(platform, id).length;
  for (const what of ['', '/copy']) {
    const refused = await read(again.token, what);
    assert.deepEqual([codeOf(refused), refused.headers.get('retry-after')], ['429 rate-limited', '60']);
  }
  assert.equal(toldOf(platform, id).length, told);
  const another = dataOf<Minted>(await ask(id, 'vault', 'otto@harbor.example'));
  assert.equal((await read(another.token)).status, 200);
  // The minute is that of the calls, not the clock's.
  platform.clock.now += 59_000;
  assert.equal(codeOf(await read(token)), '429 rate-limited');
  platform.clock.now += 1_000;
  assert.equal((await read(token)).status, 200);
});
