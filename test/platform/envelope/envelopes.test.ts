import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, type EnvelopeData, envelopesPath, eventsOf, partner, request, rows, sign } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const list = async (query: string, key?: string) => {
  const { status, json } = await partner(platform, 'GET', `${envelopesPath}${query}`, undefined, key);
  return { status, items: json.data as EnvelopeData[], meta: json.meta, json };
};
const statusOf = async (id: string) => dataOf(await partner(platform, 'GET', `${id}/status`));

test('the list is newest first, in pages, and filtered by customer and status', async () => {
  const key = (await platform.seed('Listing harbor')).loyva;
  const made: string[] = [];
  for (const [i, customer_email] of ['a@list.example', 'b@list.example', 'a@list.example'].entries()) {
    platform.clock.now += 1_000;
    made.unshift(dataOf(await partner(platform, 'POST', '', await request({ customer_email, external_id: `deal-${i}` }), key)).envelope_id);
  }
  const ids = (items: EnvelopeData[]) => items.map(({ envelope_id }) => envelope_id);
  const all = await list('', key);
  assert.deepEqual([ids(all.items), all.meta], [made, { page: 1, limit: 20, total: 3 }]);
  const second = await list('?page=2&limit=2', key);
  assert.deepEqual([ids(second.items), second.meta], [made.slice(2), { page: 2, limit: 2, total: 3 }]);
  assert.deepEqual((await list('?page=9', key)).items, []);
  const customer = all.items[0]?.customer_id;
  assert.deepEqual(ids((await list(`?customer_id=${customer}`, key)).items), [made[0], made[2]]);
  await partner(platform, 'POST', `${made[1]}/void`, {}, key);
  assert.deepEqual(ids((await list('?status=voided', key)).items), [made[1]]);
  assert.deepEqual(ids((await list(`?status=sent&customer_id=${customer}`, key)).items), [made[0], made[2]]);
  assert.deepEqual((await list(`?customer_id=${customer}`)).items, [], 'another account asks for this customer');
});

test('a page, limit or status that there is not is refused and named', async () => {
  const refused: [query: string, pointers: string[]][] = [
    ['?page=0', ['/page']],
    ['?limit=101', ['/limit']],
    ['?limit=ten&page=-1', ['/page', '/limit']],
    ['?status=lost', ['/status']],
  ];
  for (const [query, pointers] of refused) {
    const { status, json } = await list(query);
    assert.equal(status, 422, query);
    assert.deepEqual(
      (json.details as { pointer: string }[]).map(({ pointer }) => pointer),
      pointers,
    );
  }
});

test('status follows the signers: viewed with the first, viewed while it is sealed, then completed', async () => {
  const id = await create(platform, {
    signers: [
      { email: 'bo@shop.example', name: 'Bo' },
      { email: 'cy@shop.example', name: 'Cy' },
    ],
    signing_order: 'sequential',
  });
  const said = ({ status, signers }: EnvelopeData) => [status, ...signers.map((signer) => signer.status)];
  assert.deepEqual(said(await statusOf(id)), ['sent', 'asked', 'waiting']);
  await sign(platform, id, 'bo@shop.example');
  assert.deepEqual(said(await statusOf(id)), ['viewed', 'signed', 'asked']);
  await sign(platform, id, 'cy@shop.example');
  assert.deepEqual(rows(platform, 'select state from envelopes where id = ?', id), [{ state: 'finishing' }]);
  assert.deepEqual(said(await statusOf(id)), ['viewed', 'signed', 'signed']);
  assert.ok((await list('?status=viewed&limit=100')).items.some(({ envelope_id }) => envelope_id === id));
  const sealing = await partner(platform, 'POST', `${id}/void`, {});
  assert.deepEqual(
    [sealing.status, sealing.json.error],
    [409, 'The envelope is viewed (everybody has signed, and it is being sealed) and cannot become voided.'],
  );
  await platform.runJobs();
  const answer = await partner(platform, 'GET', `${id}/status`);
  assert.deepEqual(answer.json, {
    data: {
      envelope_id: id,
      status: 'completed',
      vaulted: false,
      signers: [
        { email: 'bo@shop.example', status: 'signed' },
        { email: 'cy@shop.example', status: 'signed' },
      ],
    },
  });
});

test('void ends an open envelope with its reason, tells who was asked, and an ended one says why not', async () => {
  const id = await create(platform);
  const before = rows(platform, 'select id from outbox').length;
  const answer = await partner(platform, 'POST', `${id}/void`, { reason: 'The berth is taken' });
  assert.deepEqual([answer.status, dataOf(answer).status], [200, 'voided']);
  const last = eventsOf(platform, id).at(-1);
  assert.deepEqual([last?.kind, last?.detail], ['envelope.voided', 'The berth is taken']);
  assert.equal(rows(platform, 'select id from outbox').length, before + 1);
  const again = await partner(platform, 'POST', `${id}/void`, {});
  assert.deepEqual([again.status, again.json], [409, { error: 'The envelope is voided and cannot become voided.' }]);
  const done = await create(platform);
  await complete(platform, done);
  const late = await partner(platform, 'POST', `${done}/void`, { reason: 'Too late' });
  assert.deepEqual([late.status, late.json.error], [409, 'The envelope is completed and cannot become voided.']);
  const long = await partner(platform, 'POST', `${await create(platform)}/void`, { reason: 'x'.repeat(501) });
  assert.equal(long.status, 422);
});

test('past its time an envelope is expired at once, before any job has written it down', async () => {
  const id = await create(platform, { expires_at: new Date(platform.clock.now + 60_000).toISOString() });
  platform.clock.now += 60_000;
  assert.equal((await statusOf(id)).status, 'expired');
  for (const [method, path] of [
    ['POST', `${id}/void`],
    ['GET', `${id}/signing-links`],
  ] as const) {
    const { status, json } = await partner(platform, method, path, method === 'POST' ? {} : undefined);
    assert.equal(status, 409);
    assert.match(String(json.error), /The envelope is expired/);
  }
  await platform.runJobs();
  assert.equal((await statusOf(id)).status, 'expired');
});

test("another account's envelope is not there, whatever is asked of it, and nothing of it changes", async () => {
  const id = await create(platform);
  const done = await create(platform);
  await complete(platform, done);
  await partner(platform, 'POST', `${done}/vault-in-signed`);
  const { loyva: key } = await platform.seed('Curious harbor');
  const state = () => [rows(platform, 'select * from envelopes order by id'), rows(platform, 'select count(*) as n from passes')];
  const before = state();
  const asked = [id, done].flatMap((it): [string, string][] => [
    ['GET', it],
    ['GET', `${it}/status`],
    ['GET', `${it}/signing-links`],
    ['POST', `${it}/void`],
    ['POST', `${it}/vault-in-signed`],
    ['GET', `${it}/vault/signed-url`],
    ['GET', `${it}/vault/copy/signed-url`],
  ]);
  for (const [method, path] of asked) {
    const { status, json } = await partner(platform, method, path, method === 'POST' ? {} : undefined, key);
    assert.deepEqual([status, json], [404, { error: 'There is no such envelope.' }], `${method} ${path}`);
  }
  const token = { envelope_id: id, user_email: 'ada@shop.example', widget_type: 'sign' };
  assert.equal((await partner(platform, 'POST', '/api/v2/embed/token', token, key)).status, 404);
  assert.deepEqual((await list('', key)).items, []);
  assert.deepEqual(state(), before);
});

test('addresses and methods that Loyva does not have are refused in its dialect', async () => {
  const headers = { 'X-API-Key': platform.keys.loyva };
  const gone = await call(platform, 'GET', '/api/v2/partner/nothing', headers);
  assert.deepEqual([gone.status, Object.keys(gone.json)], [404, ['error']]);
  const wrong = await call(platform, 'DELETE', envelopesPath, headers);
  assert.deepEqual([wrong.status, Object.keys(wrong.json)], [405, ['error']]);
  assert.match(wrong.headers.get('allow') ?? '', /POST/);
});
