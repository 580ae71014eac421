import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { create, envelopesPath, inBase64, partner, pdfOf, rows } from '../world/envelopes.ts';

/** More envelopes than a page number reaches. */
const many = 10_500;
let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
  const [row] = rows<{ id: string }>(platform, 'select account_id as id from envelopes where id = ?', await create(platform));
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'));
  db.exec(`insert into envelopes (id, account_id, customer_id, name, metadata, signing_order, required_reading, state, created_at, updated_at, document)
    with recursive n (i) as (select 1 union all select i + 1 from n where i + 1 < ${many})
    select 'env_' || i, account_id, customer_id, name, metadata, signing_order, 0, 'voided', i, i, document
    from n, envelopes where account_id = '${row?.id}'`);
  db.close();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

interface Meta {
  page?: number;
  limit: number;
  total: number;
  next_cursor?: string;
}
type Ask = (query: string) => Promise<{ status: number; json: Record<string, unknown>; text: string }>;
const asking =
  (path: string): Ask =>
  (query) =>
    partner(platform, 'GET', `${path}?${query}`);
const envelopes = asking(envelopesPath);
const templates = asking('/api/v2/partner/templates');

/** What a list holds, page after page by cursor: of each page how it is told from others, and how many there are. */
async function walked(
  ask: Ask,
  query: string,
  idsOf: (json: Record<string, unknown>) => unknown[],
  nextOf: (json: never) => string | undefined,
) {
  const pages: unknown[][] = [];
  for (let cursor: string | undefined; ; ) {
    const { status, json, text } = await ask(cursor === undefined ? query : `${query}&cursor=${cursor}`);
    assert.equal(status, 200, text);
    pages.push(idsOf(json));
    cursor = nextOf(json as never);
    if (cursor === undefined) return pages;
  }
}
const names =
  (field: string, within = 'data') =>
  (json: Record<string, unknown>) =>
    (json[within] as Record<string, unknown>[]).map((each) => each[field]);
const nextInMeta = ({ meta }: { meta: Meta }) => meta.next_cursor;
const nextBeside = (json: { next_cursor?: string }) => json.next_cursor;

test('a list of envelopes is read to its end by cursor, each once, newest first', async () => {
  const pages = await walked(envelopes, 'status=voided&limit=100', names('envelope_id'), nextInMeta);
  const ids = Array.from({ length: many - 1 }, (_, i) => `env_${many - 1 - i}`);
  assert.deepEqual(pages.flat(), ids);
  assert.deepEqual([pages.length, pages.at(-1)?.length], [105, 99]);
});

test('what is made while a list is read by cursor moves nothing in it', async () => {
  const first = (await envelopes('limit=2')).json as unknown as { data: object[]; meta: Meta };
  const second = await envelopes(`limit=2&cursor=${first.meta.next_cursor}`);
  await create(platform);
  const again = await envelopes(`limit=2&cursor=${first.meta.next_cursor}`);
  assert.deepEqual(names('envelope_id')(again.json), names('envelope_id')(second.json));
  const { page, ...meta } = again.json.meta as Meta;
  assert.deepEqual([page, meta.limit, meta.total], [undefined, 2, many + 1]);
});

test('a page number reaches 10,000 rows; what lies further is refused with a sentence that names the cursor, and beyond the end is nothing', async () => {
  const deep = await envelopes('status=voided&limit=100&page=101');
  assert.deepEqual(names('envelope_id')(deep.json).slice(0, 1), [`env_${many - 1 - 10_000}`]);
  const further = await envelopes('status=voided&limit=100&page=102');
  assert.equal(further.status, 422);
  assert.deepEqual(further.json.details, [
    {
      pointer: '/page',
      code: 'too-deep',
      message: 'reaches 10,000 rows at most: go on from the page before with its next_cursor, as cursor',
    },
  ]);
  const beyond = await envelopes('status=voided&limit=100&page=1000000');
  assert.deepEqual([beyond.status, beyond.json], [200, { data: [], meta: { page: 1_000_000, limit: 100, total: many - 1 } }]);
});

const told = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
test('what is no cursor of this list is refused at its place', async () => {
  const wrong = [
    '',
    'x',
    told(null),
    told([1]),
    told(['1', 'a']),
    told([1.5, 'a']),
    told([1, 2]),
    told({}),
    told([1, 'a', 2]),
    'a'.repeat(201),
  ];
  for (const ask of [envelopes, templates])
    for (const cursor of wrong) {
      const { status, json } = await ask(`cursor=${cursor}`);
      assert.deepEqual([status, (json.details as { pointer: string }[]).map(({ pointer }) => pointer)], [422, ['/cursor']], cursor);
    }
});

test('templates, newest first, are read by cursor', async () => {
  const field = { type: 'signature', signer: 'A', page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.05 };
  const document = inBase64(await pdfOf('Lease'));
  // Three of one instant.
  for (const name of ['one', 'two', 'three', 'four']) {
    await partner(platform, 'POST', '/api/v2/partner/templates', { name, document, fields: [field] });
    if (name === 'three') platform.clock.now += 1;
  }
  const pages = await walked(templates, 'limit=1', names('name'), nextInMeta);
  assert.deepEqual([pages.length, pages[0], new Set(pages.flat()).size], [4, ['four'], 4]);
});

test('Kelviq’s organizations and Subscribr’s tokens are read by cursor, in the order they were made', async () => {
  const { kelviq, subscribr } = platform.keys;
  const organizations = '/api/v1/partner/organizations/';
  const tokens = '/api/v1/team/tokens';
  for (const n of [1, 2, 3]) {
    const body = { externalId: `c${n}`, email: `c${n}@list.example`, businessName: 'Shop' };
    assert.equal((await call(platform, 'POST', organizations, { 'X-Kelviq-Partner-Key': kelviq }, body)).status, 201);
    const token = { name: `t${n}`, abilities: ['scripts:read'] };
    assert.equal((await call(platform, 'POST', tokens, { Authorization: `Bearer ${subscribr}` }, token)).status, 201);
  }
  const atKelviq: Ask = (query) => call(platform, 'GET', `${organizations}?${query}`, { 'X-Kelviq-Partner-Key': kelviq });
  const atSubscribr: Ask = (query) => call(platform, 'GET', `${tokens}?${query}`, { Authorization: `Bearer ${subscribr}` });
  assert.deepEqual(await walked(atKelviq, 'page_size=2', names('partnerExternalId', 'results'), nextBeside), [['c1', 'c2'], ['c3']]);
  assert.deepEqual(await walked(atSubscribr, 'per_page=2', names('name', 'tokens'), nextBeside), [['t1', 't2'], ['t3']]);
  assert.equal((await atKelviq('page_size=1')).json.count, 3);
  for (const refused of [
    await atKelviq('cursor=x'),
    await atKelviq('page_size=101'),
    await atSubscribr('cursor=x'),
    await atSubscribr('per_page=0'),
  ])
    assert.ok([400, 422].includes(refused.status), refused.text);
});

test('the outbox shows the newest hundred mails, and leads to the older ones', async () => {
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'));
  db.exec(`delete from outbox; insert into outbox (id, kind, body, added_at, next_at)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 150)
    select 'mail_' || i, 'mail', '{"id":"mail_' || i || '","at":0,"from":"A","to":"b@c.example","subject":"S","opening":"","link":null,"closing":""}', i / 2, 0
    from n`);
  db.close();
  const page = async (path: string) => (await call(platform, 'GET', path, {})).text;
  const mailsIn = (text: string) => [...text.matchAll(/\/outbox\/(mail_\d+)/g)].map(([, id]) => id);
  const first = await page('/outbox');
  const [, older] = /href="(\/outbox\?cursor=[\w-]+)"/.exec(first) ?? [];
  const second = await page(older ?? assert.fail(first));
  assert.deepEqual([mailsIn(first).length, mailsIn(second).length, new Set([...mailsIn(first), ...mailsIn(second)]).size], [100, 50, 150]);
  assert.ok(!second.includes('cursor='));
});
