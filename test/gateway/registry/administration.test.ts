import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada } from '../../visitor.ts';
import { answered, entered, type Json, pointers, refused } from '../world/answers.ts';

let platform: StartedPlatform;
let gateway: StartedGateway;
before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const below = (id: string) => (method: string, path: string, body?: unknown) =>
  gateway.admin(method, `/api/v1/admin/partners/${id}${path}`, body);
type Items<T = Json> = { items: T[] };

test('a key is shown once: by the answer that issues it, and by no list', async () => {
  const { id } = await gateway.partner({});
  const registry = below(id);
  const issued = await answered(
    registry('POST', '/keys', { scopes: ['vault:read', 'vault:read'], mode: 'test', expires_at: '2099-01-01T00:00:00Z' }),
    201,
  );
  const key = String(issued.key);
  assert.match(key, /^lk_[89a-f][0-9a-f]{39}$/);
  assert.deepEqual(
    [issued.scopes, issued.mode, issued.expires_at, issued.last_four],
    [['vault:read'], 'test', '2099-01-01T00:00:00.000Z', key.slice(-4)],
  );
  const listed = await registry('GET', '/keys');
  const text = await listed.text();
  assert.ok(!text.includes(key) && !text.includes(key.slice(3)));
  const { items } = JSON.parse(text) as Items;
  assert.deepEqual(Object.keys(items[0] ?? {}).sort(), ['created_at', 'expires_at', 'id', 'last_four', 'mode', 'revoked_at', 'scopes']);
});

test('credentials:read is in no default set', async () => {
  const { id } = await gateway.partner({});
  const { items } = await answered<Items<{ scopes: string[] }>>(below(id)('GET', '/keys'));
  assert.equal(items[0]?.scopes.length, 12);
  assert.ok(!items[0]?.scopes.includes('credentials:read'));
});

test('a key of another partner is not found, and a revoked one cannot be rotated', async () => {
  const [one, two] = [await gateway.partner({}), await gateway.partner({})];
  await refused(below(two.id)('DELETE', `/keys/${one.keyId}`), 404, 'not-found');
  await refused(below(two.id)('POST', `/keys/${one.keyId}/rotate`, {}), 404, 'not-found');
  assert.equal((await below(one.id)('DELETE', `/keys/${one.keyId}`)).status, 204);
  assert.equal((await below(one.id)('DELETE', `/keys/${one.keyId}`)).status, 204);
  await refused(below(one.id)('POST', `/keys/${one.keyId}/rotate`, {}), 409, 'run-wrong-state');
});

test('origins are written as browsers send them; what is no safe origin is refused', async () => {
  const registry = below((await gateway.partner({})).id);
  const add = (origin: string) => registry('POST', '/origins', { origin });
  await answered(add('HTTPS://Portal.Example:443/'), 201);
  await answered(add('http://localhost:3000'), 201);
  assert.deepEqual(await answered(add('https://portal.example'), 201), { items: ['http://localhost:3000', 'https://portal.example'] });
  for (const origin of [
    'http://portal.example',
    'https://*.example',
    'https://a.example/path',
    'https://a.example?x',
    'https://u:p@a.example',
    'null',
    'ftp://a.example',
    'data:,x',
    'file:///',
    '',
    'portal.example',
    'https://a.example#x',
  ])
    assert.deepEqual(pointers((await refused(add(origin), 422, 'invalid-input')).errors), ['/origin'], origin);
  assert.deepEqual(await answered(registry('DELETE', '/origins?origin=https://PORTAL.example')), { items: ['http://localhost:3000'] });
  await refused(registry('DELETE', '/origins?origin=https://portal.example'), 404, 'not-found');
  await refused(registry('DELETE', '/origins'), 422, 'invalid-input');
});

test('a vendor’s key is put, replaced, listed and deleted, and is in no answer', async () => {
  const registry = below((await gateway.partner({})).id);
  const texts: string[] = [];
  const told = async (answer: Promise<Response>) => {
    const text = await (await answer).text();
    texts.push(text);
    return JSON.parse(text) as Json;
  };
  const first = await told(registry('PUT', '/credentials', { vendor: 'loyva', secret: 'lk_canary_first' }));
  gateway.clock.advance(1_000);
  const second = await told(registry('PUT', '/credentials', { vendor: 'loyva', secret: 'lk_canary_second' }));
  await told(registry('PUT', '/credentials', { vendor: 'loyva', secret: 'lk_canary_of_customer', customer: 'ext-1' }));
  const { items } = (await told(registry('GET', '/credentials'))) as unknown as Items;
  assert.equal(items.length, 2);
  assert.deepEqual(
    items.find(({ customer }) => customer === null),
    second,
  );
  assert.deepEqual([second.id, second.created_at], [first.id, first.created_at], 'what names it goes on');
  assert.notEqual(second.updated_at, first.updated_at);
  assert.deepEqual(items.map(({ customer }) => customer).sort(), ['ext-1', null]);
  for (const text of texts) assert.doesNotMatch(text, /canary/);
  for (const { id } of items) assert.equal((await registry('DELETE', `/credentials/${id}`)).status, 204);
  assert.deepEqual(await answered(registry('GET', '/credentials')), { items: [] });
  await refused(registry('DELETE', `/credentials/${second.id}`), 404, 'not-found');
});

test('a secret that another partner holds is refused, for its own use and for a customer’s', async () => {
  const [one, two] = [await gateway.partner({}), await gateway.partner({})];
  const secret = 'slp_shared_by_mistake';
  await answered(below(one.id)('PUT', '/credentials', { vendor: 'scribeless', secret }));
  for (const more of [{}, { customer: 'x' }, { mode: 'test' }, { vendor: 'kelviq' }]) {
    const answer = await below(two.id)('PUT', '/credentials', { vendor: 'scribeless', secret, ...more });
    assert.ok(!(await answer.clone().text()).includes(secret));
    await refused(answer, 409, 'credential-in-use');
  }
  assert.deepEqual(await answered(below(two.id)('GET', '/credentials')), { items: [] });
});

test('a key is tested at the vendor without changing anything there', async () => {
  const { id } = await gateway.partner({});
  const registry = below(id);
  const outcome = async (body: object) => {
    const { id: credential } = await answered(registry('PUT', '/credentials', body));
    return answered<{ works: boolean; detail: string }>(registry('POST', `/credentials/${credential}/test`));
  };
  const before = platform.counts();
  for (const vendor of ['scribeless', 'kelviq'] as const) {
    assert.equal((await outcome({ vendor, secret: platform.keys[vendor] })).works, true, vendor);
    const wrong = await outcome({ vendor, secret: `wrong_${vendor}_key` });
    assert.equal(wrong.works, false);
    assert.doesNotMatch(wrong.detail, /wrong_/);
  }
  assert.deepEqual(platform.counts(), before);
  await refused(registry('POST', '/credentials/cred_nobody/test'), 404, 'not-found');
});

test('runs are listed by state and customer, page by page, as ids and states only', async () => {
  const origin = 'https://portal.harbor.example';
  const { id, key } = await gateway.partner({ origins: [origin] });
  for (const external_id of ['r-1', 'r-2', 'r-3']) {
    const visitor = await entered(gateway, key, origin, external_id);
    await visitor.run();
    if (external_id !== 'r-3') await answered(visitor.submit(ada));
  }
  type Runs = { items: { run_id: string; external_id: string; status: string }[]; next_cursor: string | null };
  const runs = (query = '') => answered<Runs>(below(id)('GET', `/runs${query}`));
  const all = await runs();
  assert.deepEqual(all.items.map(({ external_id }) => external_id).sort(), ['r-1', 'r-2', 'r-3']);
  assert.equal(all.next_cursor, null);
  const [first, rest] = [await runs('?limit=2'), await runs(`?limit=2&cursor=${(await runs('?limit=2')).next_cursor}`)];
  assert.deepEqual([...first.items, ...rest.items], all.items);
  assert.equal(rest.next_cursor, null);
  assert.deepEqual((await runs('?status=done')).items.length, 2);
  assert.deepEqual(
    (await runs('?external_id=r-3')).items.map(({ status }) => status),
    ['new'],
  );
  assert.doesNotMatch(JSON.stringify(all), /Nordin|ada@/);
  await refused(below(id)('GET', '/runs?status=lost&limit=0'), 422, 'invalid-input');
  await refused(below(id)('POST', `/runs/${all.items[0]?.run_id}/retry`), 409, 'run-wrong-state');
});

test('what was done is in the audit, newest first, with who did it, and nothing of other partners', async () => {
  const { id } = await gateway.partner({ origins: ['https://a.example'] });
  await gateway.partner({});
  await answered(gateway.admin('PATCH', `/api/v1/admin/partners/${id}`, { status: 'SUSPENDED' }));
  type Page = { items: { seq: number; kind: string; partner: string; actor?: string }[]; next_before: number | null; checkpoint: string };
  const { items, checkpoint } = await answered<Page>(below(id)('GET', '/audit'));
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['partner.suspended', 'key.issued', 'origin.added', 'partner.created'],
  );
  assert.ok(items.every(({ partner, actor }) => partner === id && actor === 'admin'));
  assert.match(checkpoint, /^127\.0\.0\.1:\d+\/log\n\d+\n[\w+/]{43}=\n\n\u2014 /);
  const page = await answered<Page>(below(id)('GET', '/audit?limit=3'));
  const rest = await answered<Page>(below(id)('GET', `/audit?limit=3&before=${page.next_before}`));
  assert.deepEqual([...page.items, ...rest.items], items);
  assert.equal(rest.next_before, null);
});
