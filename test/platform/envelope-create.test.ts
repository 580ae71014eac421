import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../start-platform.ts';
import { create, dataOf, envelopesPath, eventsOf, inBase64, meddle, partner, pdfOf, request, rows } from './envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const two = [
  { email: 'bo@shop.example', name: 'Bo Berg', role: 'Buyer' },
  { email: 'cy@shop.example', name: 'Cy Carlsson', role: 'Seller' },
];
const at = { page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.05 };
const signature = (signer: string, over: object = {}) => ({ ...at, type: 'signature', signer, ...over });
const ofAda = (over: object = {}) => [signature('ada@shop.example', over)];
const countAll = () => ['envelopes', 'signers', 'fields', 'customers', 'passes', 'outbox', 'log_leaf'].map((table) => countOf(table));
const countOf = (table: string) => rows<{ n: number }>(platform, `select count(*) as n from ${table}`)[0]?.n;

test('a document, an e-mail and a name are enough: the customer signs, on a page that is added, and is asked by mail', async () => {
  const answer = await partner(platform, 'POST', '', await request());
  assert.equal(answer.status, 201);
  const { envelope_id, customer_id, created_at, ...rest } = dataOf(answer);
  assert.match(envelope_id, /^env_[a-z2-7]{12}$/);
  assert.match(String(customer_id), /^cust_[a-z2-7]{12}$/);
  assert.equal(created_at, new Date(platform.clock.now).toISOString());
  assert.deepEqual(rest, {
    envelope_name: 'lease',
    status: 'sent',
    external_id: null,
    updated_at: created_at,
    template_id: null,
    vaulted: false,
    compliant: false,
    metadata: {},
    envelope_kind: 'esign',
    signing_order: 'parallel',
    signers: [{ email: 'ada@shop.example', name: 'Ada Nordin', role: null, status: 'asked' }],
    expires_at: null,
    completed_at: null,
    vaulted_at: null,
  });
  assert.deepEqual(dataOf(await partner(platform, 'GET', envelope_id)), { ...dataOf(answer), vault: null });
  const types = rows<{ type: string }>(platform, 'select type from fields where envelope_id = ? order by ordinal', envelope_id);
  assert.deepEqual(types.map(({ type }) => type).sort(), ['date_signed', 'name', 'signature']);
  assert.deepEqual(
    eventsOf(platform, envelope_id).map(({ kind }) => kind),
    ['envelope.created', 'envelope.sent'],
  );
  const [mail] = rows<{ body: string }>(platform, 'select body from outbox order by added_at desc limit 1');
  assert.match(mail?.body ?? '', /ada@shop\.example/);
});

test('everything that can be said of an envelope is kept, and unknown fields are ignored', async () => {
  const expires_at = new Date(platform.clock.now + 86_400_000).toISOString();
  const id = await create(platform, {
    envelope_kind: 'esign',
    envelope_name: 'Berth 7, 2027',
    external_id: 'deal-7',
    metadata: { berth: '7', harbor: 'Norra' },
    signers: [
      { ...two[0], order: 2 },
      { ...two[1], order: 1 },
    ],
    signing_order: 'sequential',
    fields: [
      signature('BO@shop.example', { label: 'Sign here' }),
      signature('cy@shop.example', { y: 0.3 }),
      { ...at, type: 'text', signer: 'bo@shop.example', y: 0.5, required: false, value: 'Berth 7' },
      { ...at, type: 'checkbox', signer: 'cy@shop.example', y: 0.7, x: 0.7 },
    ],
    message: 'Please sign.\nThank you.',
    reminders: { after_days: 3, every_days: 7 },
    required_reading: true,
    expires_at,
    unknown: { deep: [1] },
  });
  const envelope = dataOf(await partner(platform, 'GET', id));
  assert.equal(envelope.envelope_name, 'Berth 7, 2027');
  assert.equal(envelope.external_id, 'deal-7');
  assert.deepEqual(envelope.metadata, { berth: '7', harbor: 'Norra' });
  assert.equal(envelope.expires_at, expires_at);
  assert.deepEqual(
    envelope.signers.map(({ email, role, status }) => [email, role, status]),
    [
      ['cy@shop.example', 'Seller', 'asked'],
      ['bo@shop.example', 'Buyer', 'waiting'],
    ],
  );
  const [kept] = rows<Record<string, unknown>>(platform, 'select message, reminders, required_reading from envelopes where id = ?', id);
  assert.deepEqual(kept, {
    message: 'Please sign.\nThank you.',
    reminders: '{"after_days":3,"every_days":7}',
    required_reading: 1,
  });
  const fields = rows<Record<string, unknown>>(
    platform,
    'select f.type, s.email, f.required, f.label, f.value from fields f join signers s on s.id = f.signer_id where f.envelope_id = ? order by f.ordinal',
    id,
  );
  assert.deepEqual(fields[0], { type: 'signature', email: 'bo@shop.example', required: 1, label: 'Sign here', value: null });
  assert.deepEqual(fields[2], {
    type: 'text',
    email: 'bo@shop.example',
    required: 0,
    label: null,
    value: '{"kind":"text","text":"Berth 7"}',
  });
  assert.equal(fields.length, 4);
});

test('one customer record stands behind one e-mail of one account, however it is written', async () => {
  const first = dataOf(await partner(platform, 'GET', await create(platform)));
  const again = dataOf(await partner(platform, 'GET', await create(platform, { customer_email: 'ADA@Shop.example' })));
  assert.equal(first.customer_id, again.customer_id);
  const others = await platform.seed('Another harbor');
  const theirs = dataOf(await partner(platform, 'POST', '', await request(), others.loyva));
  assert.notEqual(theirs.customer_id, first.customer_id);
});

const long = (n: number) => 'x'.repeat(n);
const many = <T>(n: number, item: T): T[] => Array.from({ length: n }, () => item);
const refused: readonly [says: string, over: Record<string, unknown>, faults: readonly [pointer: string, code: string | RegExp][]][] = [
  [
    'no customer',
    { customer_email: undefined, customer_name: undefined },
    [
      ['/customer_email', 'invalid_type'],
      ['/customer_name', 'invalid_type'],
    ],
  ],
  ['no e-mail address', { customer_email: 'ada' }, [['/customer_email', 'custom']]],
  ['an empty name', { customer_name: '  ' }, [['/customer_name', 'too_small']]],
  ['a name of two lines', { customer_name: 'Ada\nNordin' }, [['/customer_name', 'custom']]],
  ['another kind', { envelope_kind: 'scroll' }, [['/envelope_kind', 'invalid_value']]],
  ['a template beside its document', { template_id: 'tmpl_1' }, [['/document', 'invalid_type']]],
  ['no document', { document: undefined }, [['/document', 'invalid_type']]],
  ['no base64', { document: { filename: 'a.pdf', content_base64: 'a b' } }, [['/document/content_base64', 'custom']]],
  ['too much base64', { document: { filename: 'a.pdf', content_base64: long(7_000_004) } }, [['/document/content_base64', 'too_big']]],
  ['nobody to sign', { signers: [] }, [['/signers', 'too_small']]],
  ['too many to sign', { signers: many(21, {}) }, [['/signers', 'too_big']]],
  ['the same e-mail twice', { signers: [two[0], { ...two[1], email: 'BO@shop.example' }] }, [['/signers/1/email', 'duplicate']]],
  ['the same role twice', { signers: [two[0], { ...two[1], role: 'Buyer' }] }, [['/signers/1/role', 'duplicate']]],
  ['no order', { signing_order: 'random' }, [['/signing_order', 'invalid_value']]],
  ['too many fields', { fields: many(501, {}) }, [['/fields', 'too_big']]],
  ['an unknown field', { fields: [signature('ada@shop.example', { type: 'radio' })] }, [['/fields/0/type', 'invalid_value']]],
  ["a stranger's field", { fields: [...ofAda(), signature('eve@shop.example')] }, [['/fields/1/signer', 'not-a-signer']]],
  ['a field past the right edge', { fields: ofAda({ x: 0.8 }) }, [['/fields/0/width', 'outside']]],
  ['a field past the foot', { fields: ofAda({ y: 0.96 }) }, [['/fields/0/height', 'outside']]],
  ['a field left of the page', { fields: ofAda({ x: -0.1 }) }, [['/fields/0/x', 'too_small']]],
  ['a field on no page', { fields: [...ofAda(), ...ofAda({ page: 2 })] }, [['/fields/1/page', 'no-such-page']]],
  [
    'a field too small to see',
    { fields: ofAda({ width: 0.01, height: 0.005 }) },
    [
      ['/fields/0/width', 'too-small'],
      ['/fields/0/height', 'too-small'],
    ],
  ],
  ['a preset signature', { fields: ofAda({ value: 'Ada' }) }, [['/fields/0/value', 'not-allowed']]],
  ['a signer who signs nowhere', { signers: two, fields: [signature('bo@shop.example')] }, [['/signers/1', 'signature-missing']]],
  ['a customer who signs nowhere', { fields: ofAda({ type: 'text' }) }, [['/fields', 'signature-missing']]],
  ['an end in the past', { expires_at: '2020-01-01T00:00:00.000Z' }, [['/expires_at', 'past']]],
  ['an end in the year 10000', { expires_at: '9999-12-31T23:59:59-23:59' }, [['/expires_at', 'custom']]],
  ['an end that is no instant', { expires_at: 'tomorrow' }, [['/expires_at', 'invalid_format']]],
  ['a long message', { message: long(2_001) }, [['/message', 'too_big']]],
  [
    'reminders without rhythm',
    { reminders: { after_days: 0 } },
    [
      ['/reminders/after_days', 'too_small'],
      ['/reminders/every_days', 'invalid_type'],
    ],
  ],
  ['metadata that is not text', { metadata: { a: 1 } }, [['/metadata/a', 'invalid_type']]],
  ['too much metadata', { metadata: Object.fromEntries(many(51, 0).map((_, i) => [i, 'x'])) }, [['/metadata', 'custom']]],
  ['what is no PDF', { document: inBase64(Buffer.from('hello')) }, [['/document', 'not-a-pdf']]],
];

for (const [says, over, faults] of refused)
  test(`an envelope with ${says} is refused, names the place, and nothing of it is there`, async () => {
    const before = countAll();
    const { status, json, text } = await partner(platform, 'POST', '', await request(over));
    assert.equal(status, 422, text);
    assert.deepEqual(Object.keys(json), ['error', 'details']);
    const details = json.details as { pointer: string; code: string; message: string }[];
    assert.deepEqual(
      details.map(({ pointer, code }) => [pointer, code]),
      faults,
    );
    assert.ok(details.every((detail) => Object.keys(detail).join() === 'pointer,code,message'));
    assert.deepEqual(countAll(), before);
  });

test('a name with characters that cannot be printed is refused, and the characters are named', async () => {
  const { status, json } = await partner(platform, 'POST', '', await request({ customer_name: 'Ada ꦧ 😀' }));
  assert.equal(status, 422);
  const [detail] = json.details as { pointer: string; code: string; message: string }[];
  assert.deepEqual([detail?.pointer, detail?.code], ['/customer_name', 'glyph']);
  assert.match(detail?.message ?? '', /ꦧ.*😀/u);
});

test('a name that would not be printed as it is seen, or not be seen at all, is refused', async () => {
  for (const customer_name of ['Ada \u202eanaN', 'Ada\u3164', '\u200b'])
    assert.deepEqual(
      ((await partner(platform, 'POST', '', await request({ customer_name }))).json.details as { pointer: string; code: string }[]).map(
        ({ pointer, code }) => `${pointer} ${code}`,
      ),
      ['/customer_name control-characters'],
    );
});

test('every fault is named at once', async () => {
  const { json } = await partner(platform, 'POST', '', { customer_email: 'x', signers: [{}], fields: [{ type: 'x' }] });
  const pointers = (json.details as { pointer: string }[]).map(({ pointer }) => pointer);
  for (const pointer of ['/customer_email', '/customer_name', '/document', '/signers/0/email', '/fields/0/type', '/fields/0/page'])
    assert.ok(pointers.includes(pointer), pointer);
});

test('a million wrong fields are one fault', async () => {
  const body = JSON.stringify({ ...(await request()), fields: [] }).replace('"fields":[]', `"fields":[${'{},'.repeat(999_999)}{}]`);
  const { status, json } = await partner(platform, 'POST', '', body);
  assert.equal(status, 422);
  assert.equal((json.details as unknown[]).length, 1);
});

test('no JSON and too much of it are refused, and without a key not even read', async () => {
  const send = async (body: string, headers: Record<string, string>) => {
    const response = await fetch(platform.url + envelopesPath, { method: 'POST', body, headers });
    return { status: response.status, json: (await response.json()) as { error: string } };
  };
  const json = { 'Content-Type': 'application/json' };
  const key = { 'X-API-Key': platform.keys.loyva };
  assert.equal((await send('{"document":', { ...json, ...key })).status, 400);
  assert.equal((await send('hello', { 'Content-Type': 'text/plain', ...key })).status, 415);
  assert.equal((await send(`"${long(10_000_000)}"`, { ...json, ...key })).status, 413);
  const keyless = await send('{"document":', json);
  assert.deepEqual([keyless.status, Object.keys(keyless.json)], [401, ['error']]);
});

test('a database that fails at the last line leaves nothing, and the same call works afterwards', async () => {
  const before = countAll();
  meddle(platform, `create trigger full before insert on outbox begin select raise(abort, 'disk full'); end`);
  const failed = await partner(platform, 'POST', '', await request());
  meddle(platform, 'drop trigger full');
  assert.equal(failed.status, 500);
  assert.ok(!failed.text.includes('disk full'));
  assert.equal(platform.reported.splice(0).length, 1);
  assert.deepEqual(countAll(), before);
  await create(platform);
});

test('the document is encrypted where it lies: neither its text nor a PDF is on the disk', async () => {
  const marked = 'Zanzibarquartett';
  await create(platform, { document: inBase64(await pdfOf(marked)) });
  const names = await readdir(platform.dataDir, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const blobs = files.filter((file) => file.includes('blobs'));
  assert.ok(blobs.length > 0);
  for (const file of files) {
    const bytes = (await readFile(file)).toString('latin1');
    assert.ok(!bytes.includes('%PDF'), file);
    assert.ok(!bytes.includes(marked), file);
  }
});

test('another vendor’s key, a stranger’s and none at all open no row', async () => {
  const id = await create(platform);
  const all = ['', id, `${id}/status`, `${id}/signing-links`, `${id}/vault/signed-url`, `${id}/vault/copy/signed-url`];
  for (const key of ['', 'lk_nonsense', platform.keys.kelviq, platform.keys.scribeless])
    for (const path of all) {
      const { status, json } = await partner(platform, 'GET', path, undefined, key);
      assert.deepEqual([status, Object.keys(json)], [401, ['error']], path);
    }
  const posts = [envelopesPath, `${envelopesPath}/${id}/void`, `${envelopesPath}/${id}/vault-in-signed`, '/api/v2/embed/token'];
  for (const path of posts) assert.equal((await call(platform, 'POST', path, {}, {})).status, 401, path);
});
