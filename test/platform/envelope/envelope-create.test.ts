import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cleaned } from '../../fixtures/pdf/cleaned.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { create, dataOf, envelopesPath, eventsOf, inBase64, meddle, partner, pdfOf, request, rows } from '../world/envelopes.ts';

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
    warnings: [],
  });
  const { warnings, ...envelope } = dataOf(answer);
  assert.deepEqual([dataOf(await partner(platform, 'GET', envelope_id)), warnings], [{ ...envelope, vault: null }, []]);
  const types = rows<{ type: string }>(platform, 'select type from fields where envelope_id = ? order by ordinal', envelope_id);
  assert.deepEqual(types.map(({ type }) => type).sort(), ['date_signed', 'name', 'signature']);
  assert.deepEqual(
    eventsOf(platform, envelope_id).map(({ kind }) => kind),
    ['envelope.created', 'envelope.sent'],
  );
  const [mail] = rows<{ body: string }>(platform, 'select body from outbox order by added_at desc limit 1');
  assert.match(mail?.body ?? '', /ada@shop\.example/);
});

test('what was left out of a document is said where the envelope is made', async () => {
  const [, attached] = cleaned['an attached file'] ?? [];
  const content_base64 = attached?.().toString('base64');
  const answer = await partner(platform, 'POST', '', await request({ document: { filename: 'invoice.pdf', content_base64 } }));
  const message = 'Files attached to the document were left out. (a.xml)';
  assert.deepEqual([answer.status, dataOf(answer).warnings], [201, [{ code: 'attachments', message, pointer: '/document' }]]);
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
