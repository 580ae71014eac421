import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { pointers } from '../world/answers.ts';

let gateway: StartedGateway;
let platform: StartedPlatform;
let partner: { id: string; key: string };

before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  partner = await gateway.partner({ origins: ['https://portal.harbor.example'] });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const mint = (more: object | string, user_email = 'a@b.example') =>
  call(
    gateway,
    'POST',
    '/embed/token',
    { 'x-api-key': partner.key },
    typeof more === 'string' ? more : { widget_type: 'onboarding', user_email, ...more },
  );
const customer = (external_id: string, more: object = {}) => ({ customer: { external_id, ...more } });
const customers = () => {
  const db = new SqliteFile(join(gateway.dataDir, 'gateway.db'), { readonly: true });
  const rows = db.prepare('select external_id from customer where partner_id = ?').all(partner.id) as { external_id: string }[];
  db.close();
  return rows.map((row) => row.external_id);
};
const refusedAt = async (answer: Promise<{ status: number; json: Record<string, unknown> }>) => {
  const { status, json } = await answer;
  return [status, ...pointers((json.details ?? json.errors) as never)];
};

test('half a character is refused by name, with every other fault', async () => {
  const body = (text: string) => `{"widget_type":"onboarding","user_email":"a@b.example",${text}}`;
  for (const half of ['\\ud800', 'a\\udc00b', '\\udc00\\ud800'])
    assert.deepEqual(await refusedAt(mint(body(`"customer":{"external_id":"${half}","email":"nobody"}`))), [
      422,
      '/customer/email',
      '/customer/external_id',
    ]);
  assert.deepEqual(await refusedAt(mint(body('"customer":{"external_id":"x"},"metadata":{"\\ud800":"a","b":"\\ud800"}'))), [
    422,
    '/metadata/\ufffd',
    '/metadata/b',
  ]);
  assert.deepEqual(customers(), []);
  assert.equal((await mint(body('"customer":{"external_id":"\\ud83d\\ude00"}'))).status, 200);
});

test('a name that nothing can keep is refused and not dropped, on both servers', async () => {
  const metadata = '"metadata":{"__proto__":"x","ok":"y"}';
  const minted = mint(`{"widget_type":"onboarding","user_email":"a@b.example","customer":{"external_id":"p"},${metadata}}`);
  assert.deepEqual(await refusedAt(minted), [422, '/metadata/__proto__']);
  const keys = { 'x-api-key': platform.keys.loyva };
  const envelope = `{"envelope_kind":"paper","customer_email":"a@b.example","customer_name":"A",${metadata}}`;
  assert.deepEqual(await refusedAt(call(platform, 'POST', '/api/v2/partner/envelopes', keys, envelope)), [422, '/metadata/__proto__']);
});

test('external ids and names hold no control characters, and no part that leads elsewhere in an address', async () => {
  for (const wrong of ['a\u0000b', 'a\nb', 'a\u2028b', '\u0007', '.', '..', 'a/../b', 'a\\..', './a'])
    assert.deepEqual(await refusedAt(mint(customer(wrong))), [422, '/customer/external_id'], JSON.stringify(wrong));
  for (const right of ['...', 'a/b', '.a', 'a..b', 'kund ü']) assert.equal((await mint(customer(right))).status, 200, right);
  const named = await gateway.admin('POST', '/api/v1/admin/partners/', { name: 'A\u0000B', contact_email: 'a@b.example' });
  assert.equal(named.status, 422);
  const kelviq = (externalId: string) =>
    call(
      platform,
      'POST',
      '/api/v1/partner/organizations/',
      { 'x-kelviq-partner-key': platform.keys.kelviq },
      { externalId, email: 'k@b.example' },
    );
  for (const wrong of ['.', '..', 'a/../b']) assert.equal((await kelviq(wrong)).status, 400, wrong);
});

test('an external id is one customer in whichever spelling, also one that was kept decomposed', async () => {
  for (const spelling of ['Bj\u00f6rk', 'Bjo\u0308rk']) assert.equal((await mint(customer(spelling))).status, 200);
  assert.deepEqual(
    customers().filter((id) => id.normalize('NFC') === 'Bj\u00f6rk'),
    ['Bj\u00f6rk'],
  );
  const db = new SqliteFile(join(gateway.dataDir, 'gateway.db'));
  db.prepare('update customer set external_id = ? where external_id = ?').run('A\u030angstro\u0308m', 'a/b');
  db.close();
  for (const spelling of ['\u00c5ngstr\u00f6m', 'A\u030angstro\u0308m']) {
    assert.equal((await mint(customer(spelling), 'other@b.example')).status, 200);
    const runs = `/partner/runs?external_id=${encodeURIComponent(spelling)}`;
    assert.equal((await call(gateway, 'GET', runs, { 'x-api-key': partner.key })).status, 200);
  }
  assert.equal(customers().filter((id) => id.normalize('NFC') === '\u00c5ngstr\u00f6m').length, 1);
});

test('an e-mail address of an international domain is taken, as its ASCII form', async () => {
  const { status, json } = await mint(customer('idn', { email: 'ada@m\u00fcller.example' }), 'ada@\u4f8b\u3048.example');
  assert.equal(status, 200, JSON.stringify(json));
  const made = await gateway.admin('POST', '/api/v1/admin/partners/', { name: 'IDN', contact_email: 'ops@B\u00fccher.example' });
  assert.equal(((await made.json()) as { contact_email: string }).contact_email, 'ops@xn--bcher-kva.example');
  for (const wrong of ['ada@m\u00fc ller.example', 'ad\u00e5@x.example', 'ada@\u00fc', 'ada@m\u00fcller.example/x'])
    assert.equal((await mint(customer('idn'), wrong)).status, 422, wrong);
});

test('numbers in queries are decimal digits', async () => {
  for (const number of ['0x10', '1e1', ' 1', '+1', '1.0', '', '1_0', '\u0661', 'Infinity']) {
    const query = encodeURIComponent(number);
    assert.equal((await gateway.admin('GET', `/api/v1/admin/partners/?per_page=${query}`)).status, 422, number);
    assert.equal((await gateway.admin('GET', `/api/v1/admin/partners/${partner.id}/audit?before=${query}`)).status, 422, number);
    assert.equal((await call(gateway, 'GET', `/partner/runs?limit=${query}`, { 'x-api-key': partner.key })).status, 422, number);
  }
  assert.equal((await gateway.admin('GET', '/api/v1/admin/partners/?per_page=16&page=1')).status, 200);
});
