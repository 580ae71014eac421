import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { envelopesPath, inBase64, partner, request, rows } from '../world/envelopes.ts';

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
  ['an unknown field', { fields: [signature('ada@shop.example', { type: 'slider' })] }, [['/fields/0/type', 'invalid_value']]],
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

test('a value that would be smaller than 6 points, and a place too small for a date, are refused where they were given', async () => {
  const small = { page: 1, x: 0.1, y: 0.5, width: 0.05, height: 0.012, signer: 'ada@shop.example' };
  const fields = [
    { ...small, type: 'signature' },
    { ...small, type: 'text', value: 'Berth 7 in the northern harbor' },
    { ...small, type: 'text', value: 'Berth' },
    { ...small, type: 'date_signed' },
  ];
  const { status, json } = await partner(platform, 'POST', '', await request({ fields }));
  assert.equal(status, 422);
  assert.deepEqual(
    (json.details as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`),
    ['/fields/1/value does-not-fit', '/fields/3/width does-not-fit'],
  );
});

test('what is told may not hold signs that turn what follows either', async () => {
  const field = {
    page: 1,
    x: 0.1,
    y: 0.5,
    width: 0.3,
    height: 0.05,
    signer: 'ada@shop.example',
    type: 'signature',
    label: 'Sign \u202ehere',
  };
  const { json } = await partner(platform, 'POST', '', await request({ message: 'Please \u2067sign', fields: [field] }));
  assert.deepEqual((json.details as { pointer: string }[]).map(({ pointer }) => pointer).sort(), ['/fields/0/label', '/message']);
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
