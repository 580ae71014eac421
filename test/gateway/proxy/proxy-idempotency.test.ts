import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { json, startStubVendor, team } from '../world/stub-vendor.ts';

let vendor: Awaited<ReturnType<typeof startStubVendor>>;
let gateway: StartedGateway;
let partner: { id: string; key: string };
let count = 0;

before(async () => {
  vendor = await startStubVendor();
  gateway = await startGateway({ vendorUrl: vendor.origin });
  partner = await gateway.partner({
    vendorKeys: { scribeless: 'slp_vendor_1', loyva: 'lv_vendor_1', kelviq: 'kq_vendor_1', subscribr: 'sb_vendor_1' },
  });
});
after(async () => {
  await gateway.close();
  vendor.close();
});

const fresh = () => {
  count += 1;
  vendor.received.length = 0;
  return `key-${count}`;
};
const envelopes = '/api/v2/partner/envelopes';
const post = (path: string, key: string | undefined, body: unknown = {}, as = partner.key) =>
  call(
    gateway,
    'POST',
    path,
    { 'x-api-key': as, authorization: `Bearer ${as}`, ...(key !== undefined && { 'idempotency-key': key }) },
    body,
  );
const form = (parts: Record<string, string>, file: Uint8Array) => {
  const data = new FormData();
  for (const [name, text] of Object.entries(parts)) data.set(name, text);
  data.set('document', new Blob([new Uint8Array(file)], { type: 'application/pdf' }), 'lease.pdf');
  return data;
};
const upload = async (key: string, body: FormData) => {
  const headers = { 'x-api-key': partner.key, 'idempotency-key': key };
  const answer = await fetch(gateway.url + envelopes, { method: 'POST', headers, body });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const leaves = async () => {
  const answer = await gateway.admin('GET', `/api/v1/admin/partners/${partner.id}/audit?limit=100`);
  const { items } = (await answer.json()) as { items: { kind: string; about: Record<string, string> }[] };
  return items.filter(({ kind }) => kind === 'call.unknown').map(({ about }) => about);
};

test('the same key and body give the first answer again: status, allowed headers and body, and the vendor is asked once', async () => {
  const key = fresh();
  vendor.answerWith(json({ data: { envelope_id: 'env_1' } }, 201, { 'x-ratelimit-remaining': '41', 'set-cookie': 'a=b' }));
  const first = await post(envelopes, key, { customer_email: 'a@x.example' });
  vendor.answerWith(json({ data: { envelope_id: 'env_2' } }, 201));
  const again = await post(envelopes, key, { customer_email: 'a@x.example' });
  assert.deepEqual([first.status, again.status, again.text], [201, 201, first.text]);
  assert.deepEqual([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')], [null, 'true']);
  assert.deepEqual([again.headers.get('x-ratelimit-remaining'), again.headers.get('set-cookie')], ['41', null]);
  assert.equal(vendor.received.length, 1);
});

test('another body under the same key is 422 in the vendor’s language, and is not sent', async () => {
  const key = fresh();
  vendor.answerWith(json({ token: { id: 1 } }, 201));
  await post('/api/v1/team/tokens', key, { name: 'a', abilities: [] });
  const other = await post('/api/v1/team/tokens', key, { name: 'b', abilities: [] });
  assert.deepEqual([other.status, Object.keys(other.json), vendor.received.length], [422, ['message'], 1]);
});

test('a key stands for one address and one credential: elsewhere it is another', async () => {
  const key = fresh();
  vendor.answerWith(json({ data: {} }));
  const stranger = await gateway.partner({ vendorKeys: { loyva: 'lv_vendor_two' }, name: 'Stranger' });
  for (const [path, as] of [
    [`${envelopes}/env_a/void`, partner.key],
    [`${envelopes}/env_b/void`, partner.key],
    [`${envelopes}/env_a/remind`, partner.key],
    [`${envelopes}/env_a/void`, stranger.key],
  ] as const)
    assert.equal((await post(path, key, { reason: 'x' }, as)).headers.get('idempotent-replayed'), null, path);
  assert.equal(vendor.received.length, 4);
});

test('a slash at the end of the address makes no other call of it', async () => {
  const key = fresh();
  vendor.answerWith(json({ detail: 'no' }, 400));
  const open = (path: string) =>
    call(gateway, 'POST', path, { 'x-kelviq-partner-key': partner.key, 'idempotency-key': key }, { externalId: 'acme-corp' });
  assert.equal((await open('/api/v1/partner/organizations/')).headers.get('idempotent-replayed'), null);
  assert.equal((await open('/api/v1/partner/organizations')).headers.get('idempotent-replayed'), 'true');
  for (const path of ['?a=/', '/?a=']) assert.equal((await open(`/api/v1/partner/organizations${path}`)).status, 400);
  assert.deepEqual(
    vendor.received.map(({ url }) => url.slice('/api/v1/partner/organizations'.length)),
    ['/', '?a=/', '/?a='],
  );
});

test('while the first call is at the vendor the second is 409, and after it the same answer', async () => {
  const key = fresh();
  let go = () => {};
  vendor.answerWith((response) => {
    go = () => json({ data: { n: 1 } })(response);
  });
  const first = post(`${envelopes}/env_a/remind`, key);
  await eventually(async () => vendor.received.length === 1);
  const second = await post(`${envelopes}/env_a/remind`, key);
  assert.deepEqual([second.status, second.json.code, second.headers.get('retry-after')], [409, 'idempotency-key-running', '1']);
  go();
  const { text } = await first;
  assert.equal((await post(`${envelopes}/env_a/remind`, key)).text, text);
  assert.equal(vendor.received.length, 1);
});

test('a key that cannot be kept is refused, and the longest is kept', async () => {
  for (const key of ['', 'a b', 'ü', 'x'.repeat(256)]) {
    fresh();
    const headers = {
      'x-api-key': partner.key,
      'idempotency-key': Buffer.from(key).toString('latin1'),
      'content-type': 'application/json',
    };
    const answer = await fetch(`${gateway.url}${envelopes}/env_a/void`, { method: 'POST', headers, body: '{}' });
    assert.deepEqual([answer.status, vendor.received.length], [422, 0], key);
  }
  fresh();
  vendor.answerWith(json({ data: {} }));
  for (const replayed of [null, 'true'])
    assert.equal((await post(`${envelopes}/env_a/void`, 'x'.repeat(255))).headers.get('idempotent-replayed'), replayed);
});

test('every answer of the vendor is kept, its refusals and its 500 too; "too many calls" and "not reached" are not', async (t) => {
  for (const [status, asked] of [
    [422, 1],
    [500, 1],
    [503, 1],
    [429, 2],
  ] as const) {
    const key = fresh();
    vendor.answerWith(json({ error: 'no' }, status));
    for (let i = 0; i < 2; i += 1) assert.equal((await post(`${envelopes}/env_a/remind`, key)).status, status);
    assert.equal(vendor.received.length, asked, String(status));
  }
  const away = await startGateway({ vendorUrl: 'http://127.0.0.1:9' });
  t.after(() => away.close());
  const { key } = await away.partner({ vendorKeys: { loyva: 'lv_away_from_here' } });
  const ask = () => call(away, 'POST', `${envelopes}/env_a/void`, { 'x-api-key': key, 'idempotency-key': 'k' }, {});
  assert.equal((await ask()).status, 503);
  assert.equal((await ask()).headers.get('idempotent-replayed'), null);
});

test('an outcome nobody knows is 502 with an id, in every vendor’s language, stays so under its key, and is in the log without its body', async () => {
  const before = (await leaves()).length;
  vendor.answerWith((response) => response.socket?.destroy());
  const said = new Set<string>();
  for (const [path, words] of [
    ['/api/partner/teams', (body: Record<string, unknown>) => body.message],
    [`${envelopes}/env_a/remind`, (body) => body.error],
    ['/api/v1/team/tokens', (body) => body.message],
  ] as const satisfies readonly [string, (body: Record<string, unknown>) => unknown][]) {
    const key = fresh();
    const body = { email: 'secret-body@x.example' };
    const answers = [await post(path, key, body), await post(path, key, body)];
    const ids = answers.map((answer) => /call_[a-z2-7]{24}/.exec(String(words(answer.json)))?.[0] ?? answer.text);
    assert.deepEqual([answers[0]?.status, answers[1]?.status, ids[0]], [502, 502, ids[1]], path);
    assert.match(String(ids[0]), /^call_/);
    if (path.startsWith(envelopes)) assert.deepEqual([answers[0]?.json.code, answers[0]?.json.id], ['outcome-unknown', ids[0]]);
    assert.equal(vendor.received.length, 1, path);
    said.add(String(ids[0]));
  }
  const kelviq = await call(gateway, 'POST', '/api/v1/partner/organizations/', { 'x-kelviq-partner-key': partner.key }, {});
  assert.match(String(kelviq.json.detail), /call_[a-z2-7]{24}/);
  const told = await leaves();
  assert.equal(told.length - before, 4, 'with a key or without, one leaf each');
  for (const id of said) assert.deepEqual(Object.keys(told.find(({ call }) => call === id) ?? {}).sort(), ['call', 'row', 'vendor']);
  assert.doesNotMatch(JSON.stringify(told), /secret-body/);
});

test('where the vendor itself does it once, the caller is told that asking again is safe', async () => {
  vendor.answerWith((response) => response.socket?.destroy());
  for (const [path, words] of [
    ['vault-in-signed', /asking again, with another Idempotency-Key, is safe here/],
    ['remind', /look before you ask again/],
  ] as const)
    assert.match(String((await post(`${envelopes}/env_a/${path}`, undefined)).json.error), words);
});

test('a form is the same form whatever its boundary, and another one when a byte of its file or a name differs', async () => {
  const key = fresh();
  vendor.answerWith(json({ data: { envelope_id: 'env_f' } }, 201));
  const file = Buffer.alloc(300_000, 'pdf');
  const first = await upload(key, form({ customer_name: 'Ada' }, file));
  const again = await upload(key, form({ customer_name: 'Ada' }, file));
  assert.deepEqual([first.status, again.status, again.text], [201, 201, first.text]);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  const changed = Buffer.from(file);
  changed[299_999] = 0;
  for (const other of [form({ customer_name: 'Bob' }, file), form({ customer_nam: 'Ada' }, file), form({ customer_name: 'Ada' }, changed)])
    assert.equal((await upload(key, other)).status, 422);
  assert.equal(vendor.received.length, 1);
});

test('a form whose outcome nobody knows is known again, and another one is not taken for it', async () => {
  const key = fresh();
  vendor.answerWith((response) => response.socket?.destroy());
  const file = Buffer.alloc(100_000, 'pdf');
  const answers = [
    await upload(key, form({ a: '1' }, file)),
    await upload(key, form({ a: '1' }, file)),
    await upload(key, form({ a: '2' }, file)),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [502, 502, 422],
  );
  const ids = answers.slice(0, 2).map(({ text }) => (JSON.parse(text) as { id: string }).id);
  assert.deepEqual([ids[0], vendor.received.length], [ids[1], 1]);
});

test('what is kept is kept sealed', async () => {
  const key = fresh();
  vendor.answerWith(json({ token: { id: 7, token: 'sb_secret_canary' } }, 201));
  assert.equal((await post('/api/v1/team/tokens', key, { name: 'n' })).status, 201);
  assert.match((await post('/api/v1/team/tokens', key, { name: 'n' })).text, /sb_secret_canary/);
  const { readdirSync, readFileSync } = await import('node:fs');
  const kept = readdirSync(gateway.dataDir).filter((name) => name.startsWith('gateway.db'));
  for (const name of kept) assert.ok(!readFileSync(`${gateway.dataDir}/${name}`).includes('sb_secret_canary'), name);
});

test('a reference in the place of a new team’s key is replayed, and no second team is opened', async () => {
  const key = fresh();
  vendor.answerWith(json(team('slt_kept_once')));
  const first = await post('/api/partner/teams', key, { email: 'a@x.example' });
  const again = await post('/api/partner/teams', key, { email: 'a@x.example' });
  assert.match(String((first.json.apiKey as Record<string, string>).key), /^cred_/);
  assert.deepEqual([again.text, vendor.received.length], [first.text, 1]);
});

test('a stored key that does not open is a breakage here: nothing was sent, and the caller’s key is free', async () => {
  const key = fresh();
  const broken = await gateway.partner({ vendorKeys: { loyva: 'lv_to_be_broken' }, name: 'Broken' });
  const kept = new SqliteFile(join(gateway.dataDir, 'gateway.db'));
  const boxOf = kept.prepare('select box from credential where partner_id = ?').pluck();
  const setBox = kept.prepare('update credential set box = ? where partner_id = ?');
  const whole = boxOf.get(broken.id);
  setBox.run(Buffer.from('nothing that opens'), broken.id);
  const before = (await leaves()).length;
  const ask = () => post(`${envelopes}/env_a/remind`, key, {}, broken.key);
  const refused = await ask();
  assert.deepEqual([refused.status, refused.json.code, vendor.received.length], [500, 'internal', 0]);
  assert.match(String(gateway.reported.at(-1)), /sealed box/);
  assert.equal((await leaves()).length, before);
  setBox.run(whole, broken.id);
  kept.close();
  // What an administrator changes is read anew.
  await gateway.admin('PATCH', `/api/v1/admin/partners/${broken.id}`, { name: 'Mended' });
  vendor.answerWith(json({ data: {} }));
  assert.equal((await ask()).status, 200);
});
