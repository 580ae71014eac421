import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { answered, type Json } from '../world/answers.ts';

const base = '/api/v1/admin/partners';
let gateway: StartedGateway;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway.close());

interface List {
  items: Json[];
  total: number;
  page: number;
  per_page: number;
}
type Invalid = { detail: { loc: (string | number)[]; msg: string; type: string }[] };
let count = 0;
const create = (body: object = {}) => {
  count += 1;
  return gateway.admin('POST', `${base}/`, { name: `Partner ${count}`, contact_email: 'ops@partner.example', ...body });
};
const list = (query = '') => answered<List>(gateway.admin('GET', `${base}/${query}`));
/** ScaiKey's 401, 403, 404 and 409: one sentence. */
async function refusedInWords(answer: Promise<Response>, status: number): Promise<string> {
  const { detail, ...rest } = await answered<{ detail: string }>(answer, status);
  assert.equal(typeof detail, 'string');
  assert.deepEqual(rest, {});
  return detail;
}
/** ScaiKey's HTTPValidationError: where each fault lies. */
async function invalid(answer: Promise<Response>): Promise<string[]> {
  const { detail, ...rest } = await answered<Invalid>(answer, 422);
  assert.deepEqual(rest, {});
  for (const fault of detail) assert.deepEqual(Object.keys(fault), ['loc', 'msg', 'type']);
  return detail.map(({ loc }) => loc.join('.')).sort();
}

test('a partner is created with its name and address alone, on the path with a slash and without', async () => {
  for (const path of [base, `${base}/`]) {
    const made = await answered(gateway.admin('POST', path, { name: ' Ängö & Söner ', contact_email: 'a@b.example' }), 201);
    const { id, slug, created_at, updated_at, ...rest } = made;
    assert.match(String(id), /^prt_[a-z2-7]{24}$/);
    assert.match(String(slug), /^ango-soner(-2)?$/);
    assert.equal(created_at, updated_at);
    assert.match(String(created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const limits = { max_tenants: null, max_users_per_tenant: null, max_applications_per_tenant: null };
    assert.deepEqual(rest, { name: 'Ängö & Söner', status: 'ACTIVE', contact_email: 'a@b.example', ...limits });
    assert.deepEqual(await answered(gateway.admin('GET', `${base}/${id}`)), made);
  }
});

test('every fault of a creation is named with its place', async () => {
  assert.deepEqual(await invalid(gateway.admin('POST', `${base}/`, {})), ['body.contact_email', 'body.name']);
  const wrong = { name: '', contact_email: 'x', slug: 'No Slug', status: 'active', max_tenants: -1, max_users_per_tenant: 1.5, colour: 1 };
  const named = ['colour', 'contact_email', 'max_tenants', 'max_users_per_tenant', 'name', 'slug', 'status'];
  assert.deepEqual(
    await invalid(create(wrong)),
    named.map((name) => `body.${name}`),
  );
  assert.deepEqual(await invalid(gateway.admin('POST', `${base}/`, [])), ['body']);
});

test('what is not JSON is an HTTPValidationError too', async () => {
  const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' };
  assert.deepEqual(await invalid(fetch(gateway.url + base, { method: 'POST', headers, body: '{' })), ['body']);
});

test('a slug that is taken is 409; one made of the name gets a number', async () => {
  await answered(create({ slug: 'taken' }), 201);
  await refusedInWords(create({ slug: 'taken' }), 409);
  assert.deepEqual((await answered(create({ name: 'Taken' }), 201)).slug, 'taken-2');
  assert.deepEqual((await answered(create({ name: '日本' }), 201)).slug, 'partner');
  const { id } = await answered(create(), 201);
  await refusedInWords(gateway.admin('PATCH', `${base}/${id}`, { slug: 'taken' }), 409);
});

test('of ten creations with one slug at once, one succeeds', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => create({ slug: 'contested' })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array.from({ length: 9 }, () => 409)]);
});

test('a patch changes what it names and nothing else', async () => {
  const made = await answered(create({ max_tenants: 5 }), 201);
  gateway.clock.advance(1_000);
  const patched = await answered(gateway.admin('PATCH', `${base}/${made.id}`, { status: 'SUSPENDED', max_tenants: null }));
  assert.ok(String(patched.updated_at) > String(made.updated_at));
  assert.deepEqual(patched, { ...made, status: 'SUSPENDED', max_tenants: null, updated_at: patched.updated_at });
  assert.deepEqual(await invalid(gateway.admin('PATCH', `${base}/${made.id}`, { id: 'prt_x', name: null })), ['body.id', 'body.name']);
});

test('a deleted partner is neither found nor listed, and its slug stays taken', async () => {
  const { id } = await answered(create({ slug: 'gone' }), 201);
  const gone = await gateway.admin('DELETE', `${base}/${id}`);
  assert.deepEqual([gone.status, await gone.text()], [204, '']);
  for (const method of ['GET', 'PATCH', 'DELETE'])
    await refusedInWords(gateway.admin(method, `${base}/${id}`, method === 'PATCH' ? {} : undefined), 404);
  assert.equal((await list('?search=gone')).total, 0);
  await refusedInWords(create({ slug: 'gone' }), 409);
  for (const below of ['keys', 'origins', 'credentials', 'flow', 'runs'])
    assert.equal((await gateway.admin('GET', `${base}/${id}/${below}`)).status, 404, below);
});

test('the list is paged, and every partner is on one page', async () => {
  for (let n = 0; n < 5; n += 1) await answered(create(), 201);
  const { total, page, per_page } = await list();
  assert.deepEqual([page, per_page], [1, 20]);
  const seen: unknown[] = [];
  for (let n = 1; (n - 1) * 3 < total; n += 1) {
    const part = await list(`?page=${n}&per_page=3`);
    assert.deepEqual([part.page, part.per_page, part.total], [n, 3, total]);
    seen.push(...part.items.map(({ id }) => id));
  }
  assert.equal(new Set(seen).size, total);
  assert.deepEqual((await list('?page=9999')).items, []);
});

test('page and per_page have bounds, and status has two values', async () => {
  assert.deepEqual(await invalid(gateway.admin('GET', `${base}/?page=0&per_page=101&status=GONE`)), [
    'query.page',
    'query.per_page',
    'query.status',
  ]);
  for (const query of ['page=x', 'per_page=0', 'page=1.5', 'page=1&page=2'])
    assert.equal((await gateway.admin('GET', `${base}/?${query}`)).status, 422, query);
  assert.equal((await list('?per_page=100')).per_page, 100);
});

test('a search finds names and slugs without case, and takes its signs as they are', async () => {
  for (const name of ['Needle AB', 'a needle', '100% Cotton_Ltd', '100 Cotton', 'ÅNGBÅT']) await answered(create({ name }), 201);
  const names = async (search: string) => (await list(`?search=${encodeURIComponent(search)}`)).items.map(({ name }) => name).sort();
  assert.deepEqual(await names('NEEDLE'), ['Needle AB', 'a needle']);
  assert.deepEqual(await names('needle-ab'), ['Needle AB']);
  assert.deepEqual(await names('100%'), ['100% Cotton_Ltd']);
  assert.deepEqual(await names('n_l'), ['100% Cotton_Ltd']);
  assert.deepEqual(await names('ångbåt'), ['ÅNGBÅT']);
  assert.deepEqual(await names("' or 1=1 --"), []);
});

test('a status filter shows those of that status', async () => {
  const { id } = await answered(create({ status: 'SUSPENDED', name: 'Filtered' }), 201);
  const suspended = await list('?status=SUSPENDED&per_page=100');
  assert.ok(suspended.items.some((item) => item.id === id) && suspended.items.every(({ status }) => status === 'SUSPENDED'));
  assert.equal((await list('?status=ACTIVE&search=Filtered')).total, 0);
});

test('without a token, or with a damaged one, it is 401 in words', async () => {
  for (const authorization of [
    '',
    'Bearer',
    'Bearer x',
    `Basic ${gateway.adminToken}`,
    `Bearer ${gateway.adminToken}x`,
    `Bearer ${gateway.adminToken}=`,
  ])
    for (const path of [base, `${base}/prt_x`]) await refusedInWords(fetch(gateway.url + path, { headers: { authorization } }), 401);
});

test('an hour after it was made an administrator’s token is over', async () => {
  const token = await gateway.verbs.issueAdminToken(999_999);
  const at = (ms: number) => {
    gateway.clock.advance(ms);
    return fetch(`${gateway.url}${base}/`, { headers: { authorization: `Bearer ${token}` } });
  };
  assert.equal((await at(3_590_000)).status, 200);
  await refusedInWords(at(20_000), 401);
});

test('what does not exist is 404 in words, a wrong method 405 with Allow', async () => {
  const fresh = { authorization: `Bearer ${await gateway.verbs.issueAdminToken(3600)}` };
  await refusedInWords(fetch(`${gateway.url}${base}/prt_nobody`, { headers: fresh }), 404);
  const put = await fetch(`${gateway.url}${base}/`, { method: 'PUT', headers: fresh });
  assert.deepEqual((put.headers.get('allow') ?? '').split(', ').sort(), ['GET', 'HEAD', 'POST']);
  await refusedInWords(Promise.resolve(put), 405);
});
