import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SessionAnswer } from '../../../shared/embed.ts';
import { movableClock, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';
import { answered, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
const minutes = 60_000;
let gateway: StartedGateway;
let partner: { id: string; key: string; keyId: string };

before(async () => {
  gateway = await startGateway();
  gateway.clock.hold();
  partner = await gateway.partner({ origins: [origin, 'https://second.harbor.example'], name: 'Harbor Leasing' });
});
after(() => gateway.close());

const mint = (body: object = {}) => mintedToken(gateway.url, partner.key, body);
const visit = () => createVisitor(gateway.url, origin, gateway.clock.now);
const get = (visitor: Awaited<ReturnType<typeof visit>>, token?: string) => visitor.call('GET', '/embed/onboarding', undefined, {}, token);
const refresh = async (visitor: Awaited<ReturnType<typeof visit>>, token?: string) =>
  (await answered<SessionAnswer>(visitor.call('POST', '/embed/session/refresh', {}, {}, token))).session_token;

test('a session answers with a token of 256 random bits for 15 minutes, its language and branding, and without a cookie', async () => {
  const visitor = await visit();
  const response = await visitor.open(await mint({ locale: 'sv-SE' }));
  assert.equal(response.headers.get('set-cookie'), null);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const session = await answered<SessionAnswer>(response, 201);
  assert.match(session.session_id, /^ses_[a-z2-7]{24}$/);
  assert.match(session.session_token, /^[\w-]{43}$/);
  assert.deepEqual(
    [session.token_type, session.widget_type, session.locale, session.branding],
    ['DPoP', 'onboarding', 'sv-SE', { name: 'Harbor Leasing' }],
  );
  assert.equal(Date.parse(session.expires_at) - gateway.clock.now(), 15 * minutes);
  assert.equal(Date.parse(session.ends_at) - gateway.clock.now(), 12 * 60 * minutes);
});

test('a hundred keys present one token at once: one gets the session, ninety-nine are told it is used', async () => {
  const token = await mint();
  const visitors = await Promise.all(Array.from({ length: 100 }, visit));
  const answers = await Promise.all(visitors.map((visitor) => visitor.open(token)));
  const opened = answers.filter(({ status }) => status === 201);
  assert.equal(opened.length, 1);
  await Promise.all(answers.filter((answer) => !opened.includes(answer)).map((answer) => refused(answer, 401, 'token-used')));
});

test('one key presents one token a dozen times at once and gets one session', async () => {
  const [token, visitor] = [await mint(), await visit()];
  const answers = await Promise.all(Array.from({ length: 12 }, () => visitor.open(token)));
  const sessions = await Promise.all(answers.map((answer) => answered<SessionAnswer>(answer, 201)));
  assert.equal(new Set(sessions.map(({ session_id }) => session_id)).size, 1);
  assert.equal(new Set(sessions.map(({ session_token }) => session_token)).size, 12);
});

test('the same key again gets the same session; the token before stays good for a minute and no longer', async () => {
  const [token, visitor] = [await mint({ expires_in: 1800 }), await visit()];
  const first = await answered<SessionAnswer>(visitor.open(token), 201);
  const second = await answered<SessionAnswer>(visitor.open(token), 201);
  assert.equal(second.session_id, first.session_id);
  assert.notEqual(second.session_token, first.session_token);
  gateway.clock.advance(58_000);
  assert.equal((await get(visitor, first.session_token)).status, 200);
  gateway.clock.advance(3_000);
  await refused(get(visitor, first.session_token), 401, 'session-expired');
  assert.equal((await get(visitor, second.session_token)).status, 200);
});

test('after logout neither the session nor its embed token opens anything', async () => {
  const [token, visitor] = [await mint(), await visit()];
  await visitor.open(token);
  const out = await visitor.call('DELETE', '/embed/session');
  assert.deepEqual([out.status, await out.text()], [204, '']);
  await refused(get(visitor), 401, 'session-ended');
  await refused(visitor.call('POST', '/embed/session/refresh', {}), 401, 'session-ended');
  await refused(visitor.open(token), 401, 'session-ended');
  await refused((await visit()).open(token), 401, 'token-used');
});

test('a session token works 15 minutes', async () => {
  const visitor = await visit();
  await visitor.open(await mint());
  gateway.clock.advance(15 * minutes - 2_000);
  assert.equal((await get(visitor)).status, 200);
  gateway.clock.advance(3_000);
  await refused(get(visitor), 401, 'session-expired');
  await refused(visitor.call('POST', '/embed/session/refresh', {}), 401, 'session-expired');
});

test('a refresh gives a new token; the old one is good until a minute after the new one is first used', async () => {
  const visitor = await visit();
  await visitor.open(await mint());
  const old = visitor.token;
  const fresh = await refresh(visitor);
  gateway.clock.advance(5 * minutes);
  assert.equal((await get(visitor, old)).status, 200, 'the new one was not used yet');
  assert.equal((await get(visitor, fresh)).status, 200);
  gateway.clock.advance(58_000);
  assert.equal((await get(visitor, old)).status, 200);
  gateway.clock.advance(3_000);
  await refused(get(visitor, old), 401, 'session-expired');
  assert.equal((await get(visitor, fresh)).status, 200);
});

test('asking for a refresh twice gives two tokens, and both work', async () => {
  const visitor = await visit();
  await visitor.open(await mint());
  const [a, b] = [await refresh(visitor), await refresh(visitor)];
  assert.notEqual(a, b);
  assert.deepEqual([(await get(visitor, a)).status, (await get(visitor, b)).status], [200, 200]);
});

test('the grace of an old token never outlasts the token itself', async () => {
  const visitor = await visit();
  await visitor.open(await mint());
  const old = visitor.token;
  gateway.clock.advance(15 * minutes - 10_000);
  const fresh = await refresh(visitor);
  await get(visitor, fresh);
  gateway.clock.advance(11_000);
  await refused(get(visitor, old), 401, 'session-expired');
});

test('however often it is refreshed, a session ends after twelve hours', async (t) => {
  const clock = movableClock();
  const own = await startGateway({ clock });
  t.after(() => own.close());
  const { key } = await own.partner({ origins: [origin] });
  const visitor = await createVisitor(own.url, origin, clock.now);
  const { ends_at } = await answered<SessionAnswer>(visitor.open(await mintedToken(own.url, key)), 201);
  let last: SessionAnswer | undefined;
  while (clock.now() < Date.parse(ends_at) - 14 * minutes) {
    clock.advance(14 * minutes - 1_000);
    last = await answered<SessionAnswer>(visitor.call('POST', '/embed/session/refresh', {}, {}, last?.session_token));
  }
  assert.equal(last?.expires_at, ends_at);
  clock.advance(14 * minutes);
  await refused(visitor.call('GET', '/embed/onboarding', undefined, {}, last?.session_token), 401, 'session-ended');
});

test('an embed token that has expired opens nothing', async () => {
  const token = await mint({ expires_in: 60 });
  gateway.clock.advance(61_000);
  await refused((await visit()).open(token), 401, 'token-expired');
});

test('the embed tokens that a revoked key minted open nothing, and opened sessions go on', async () => {
  const { id, key, keyId } = await gateway.partner({ origins: [origin] });
  const [unused, used, visitor] = [await mintedToken(gateway.url, key), await mintedToken(gateway.url, key), await visit()];
  assert.equal((await visitor.open(used)).status, 201);
  assert.equal((await gateway.admin('DELETE', `/api/v1/admin/partners/${id}/keys/${keyId}`)).status, 204);
  await refused((await visit()).open(unused), 401, 'token-invalid');
  await refused(visitor.open(used), 401, 'token-invalid');
  assert.equal((await get(visitor)).status, 200);
});

test('a session stolen without its key opens nothing', async () => {
  const [owner, thief] = [await visit(), await visit()];
  await owner.open(await mint());
  await refused(get(thief, owner.token), 401, 'session-invalid');
  await refused(thief.call('DELETE', '/embed/session', undefined, {}, owner.token), 401, 'session-invalid');
  assert.equal((await get(owner)).status, 200);
});

test('the page must be of the token’s origins, and stay the one that opened the session', async () => {
  const token = await mint();
  for (const page of ['https://evil.example', 'null', `${origin}:8443`, origin.toUpperCase(), `${origin}.evil.example`])
    await refused((await createVisitor(gateway.url, page, gateway.clock.now)).open(token), 403, 'origin-refused');
  const visitor = await visit();
  await visitor.open(token);
  for (const page of ['https://second.harbor.example', gateway.url, ''])
    await refused(visitor.call('GET', '/embed/onboarding', undefined, { origin: page }), 403, 'origin-refused');
  await refused(visitor.call('POST', '/embed/session', {}, { origin: 'https://second.harbor.example' }, token), 403, 'origin-refused');
});

test('our own page may open a session, and only it may read without an Origin', async () => {
  const ours = await createVisitor(gateway.url, gateway.url, gateway.clock.now);
  const same = { 'sec-fetch-site': 'same-origin' };
  const token = await mint();
  await refused(ours.open(token), 403, 'origin-refused');
  const opened = await answered<SessionAnswer>(ours.call('POST', '/embed/session', {}, same, token), 201);
  const read = (headers: Record<string, string>) => ours.call('GET', '/embed/onboarding', undefined, headers, opened.session_token);
  assert.equal((await read({ ...same, origin: '' })).status, 200);
  await refused(read({ origin: '' }), 403, 'origin-refused');
  await refused(read({ 'sec-fetch-site': 'cross-site', origin: '' }), 403, 'origin-refused');
  const write = ours.call('POST', '/embed/session/refresh', {}, { ...same, origin: '' }, opened.session_token);
  await refused(write, 403, 'origin-refused');
});

test('the bodies of the session calls are empty objects', async () => {
  const visitor = await visit();
  const problem = await refused(visitor.call('POST', '/embed/session', { remember: true }, {}, await mint()), 422, 'invalid-input');
  assert.deepEqual(
    problem.errors?.map(({ pointer }) => pointer),
    ['/remember'],
  );
});
