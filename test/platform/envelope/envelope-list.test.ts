import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { envelopeStatuses } from '../../../shared/vendors/loyva.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { vaultedOf } from '../vault/vault-stage.ts';
import { create, dataOf, type EnvelopeData, partner, sign, signerOf } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const hour = 3_600_000;
const list = async (query: string) => {
  const { status, json, text } = await partner(platform, 'GET', `/api/v2/partner/envelopes?${query}`);
  assert.equal(status, 200, text);
  return json as unknown as { data: EnvelopeData[]; meta: { page?: number; limit: number; total: number; next_cursor?: string } };
};

/** How many there are of each status, by its filter; every item says the status that was asked for. */
async function countByStatus(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const status of envelopeStatuses) {
    const { data, meta } = await list(`status=${status}&limit=100`);
    assert.ok(
      data.every((each) => each.status === status),
      status,
    );
    assert.equal(meta.total, data.length);
    if (meta.total > 0) counts[status] = meta.total;
  }
  assert.equal(
    Object.values(counts).reduce((a, b) => a + b, 0),
    (await list('limit=100')).meta.total,
  );
  return counts;
}

test('the status filter says what is so at this instant, before and after it was written down', async () => {
  const start = platform.clock.now;
  const expires_at = new Date(start + hour).toISOString();
  const email = 'ada@shop.example';
  const paper = { envelope_kind: 'paper', document: undefined };
  await create(platform);
  await create(platform, { expires_at });
  await create(platform, paper);
  await create(platform, { ...paper, expires_at });
  const viewed = await signerOf(platform, await create(platform, { expires_at }), email);
  const { consent } = (await viewed('GET', '')).json as { consent: { version: string; sha256: string } };
  assert.equal((await viewed('POST', '/consent', { version: consent.version, sha256: consent.sha256, agreed: true })).status, 200);
  const released = await vaultedOf(platform);
  const release = await partner(platform, 'POST', `${released}/vault-out`, { reason: 'Sold', recipient: 'Other vault' });
  assert.equal(release.status, 200, release.text);
  await sign(platform, await create(platform, { expires_at }), email);
  assert.deepEqual(await countByStatus(), { pending: 2, sent: 2, viewed: 2, released: 1 });
  platform.clock.now = start + hour;
  const expired = { pending: 1, sent: 1, viewed: 1, expired: 3, released: 1 };
  assert.deepEqual(await countByStatus(), expired);
  platform.clock.now = start + 80 * hour;
  const lapsed = { pending: 1, sent: 1, viewed: 1, expired: 3, vaulted: 1 };
  assert.deepEqual(await countByStatus(), lapsed);
  await platform.runJobs();
  const { viewed: sealed, ...rest } = lapsed;
  assert.deepEqual(await countByStatus(), { ...rest, completed: sealed });
  platform.clock.now = start;
});

test('pages are cut after the filter, and those beyond the last are empty', async () => {
  const { customer_id } = dataOf(await partner(platform, 'GET', await create(platform, { customer_email: 'only@shop.example' })));
  for (let i = 0; i < 4; i += 1) await create(platform, { customer_email: 'only@shop.example' });
  const mine = `customer_id=${customer_id}`;
  const pages = await Promise.all([1, 2, 3, 4].map((page) => list(`${mine}&limit=2&page=${page}`)));
  assert.deepEqual(
    pages.map(({ data, meta: { next_cursor, ...meta } }) => [data.length, meta, next_cursor !== undefined]),
    [2, 2, 1, 0].map((length, i) => [length, { page: i + 1, limit: 2, total: 5 }, i < 2]),
  );
  assert.equal(new Set(pages.flatMap(({ data }) => data.map(({ envelope_id }) => envelope_id))).size, 5);
  assert.equal((await list(`${mine}&status=voided`)).meta.total, 0);
  assert.equal((await list(`${mine}&status=sent&limit=1`)).meta.total, 5);
  for (const query of ['page=0', 'page=-1', 'limit=0', 'limit=101', 'limit=a', 'status=finishing', 'status=destroyed', 'status=']) {
    const { status, json } = await partner(platform, 'GET', `/api/v2/partner/envelopes?${query}`);
    assert.deepEqual([status, (json.details as unknown[]).length], [422, 1], query);
  }
});
