import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Kysely } from 'kysely';
import { type Database, openDatabase } from '../../server/storage/database.ts';
import { type OutboxTables, outboxOn, outboxSchema } from '../../server/storage/outbox.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inlay-outbox-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const schema = { '001': { up: async (db: Kysely<unknown>) => void (await outboxSchema.execute(db)) } };
const open = (name = `${randomUUID()}.db`): Promise<Database<OutboxTables>> => openDatabase<OutboxTables>(join(folder, name), schema);
const ids = (messages: readonly { id: string }[]) => messages.map(({ id }) => id).sort();
const message = (id: string, at: number) => ({ id, kind: 'mail', body: `{"to":"${id}"}`, at });

test('a message is claimed once and hidden until its lease is over, then offered again with one attempt more', async (t) => {
  const database = await open();
  t.after(() => database.close());
  const outbox = outboxOn(database.write);
  await outbox.add(message('a', 100));
  assert.deepEqual(await outbox.claim(99, 50, 10), []);
  assert.deepEqual(await outbox.claim(100, 50, 10), [{ id: 'a', kind: 'mail', body: '{"to":"a"}', attempts: 1 }]);
  assert.deepEqual(await outbox.claim(149, 50, 10), []);
  assert.deepEqual(
    (await outbox.claim(150, 50, 10)).map(({ attempts }) => attempts),
    [2],
  );
});

test('many workers that claim at once share the messages, none of them twice', async (t) => {
  const database = await open();
  t.after(() => database.close());
  const outbox = outboxOn(database.write);
  for (let n = 0; n < 100; n += 1) await outbox.add(message(`m${n}`, n));
  const claims = await Promise.all(Array.from({ length: 20 }, () => outbox.claim(1_000, 60_000, 7)));
  const all = ids(claims.flat());
  assert.equal(all.length, 100);
  assert.equal(new Set(all).size, 100);
});

test('a restart sends neither what was delivered nor what another worker holds', async (t) => {
  const name = 'restart.db';
  const first = await open(name);
  const outbox = outboxOn(first.write);
  for (const id of ['delivered', 'held', 'waiting']) await outbox.add(message(id, 100));
  assert.equal((await outbox.claim(100, 1_000, 2)).length, 2);
  await outbox.delivered('delivered', 101);
  await first.close();
  const second = await open(name);
  t.after(() => second.close());
  const again = outboxOn(second.write);
  assert.deepEqual(ids(await again.claim(200, 1_000, 10)).includes('delivered'), false);
  assert.deepEqual(ids(await again.claim(10_000, 1_000, 10)).includes('delivered'), false);
});

test('a postponed message comes back when it was said, with the reason kept', async (t) => {
  const database = await open();
  t.after(() => database.close());
  const outbox = outboxOn(database.write);
  await outbox.add(message('a', 0));
  await outbox.claim(0, 10, 1);
  await outbox.postpone('a', 5_000, 'the server was down');
  assert.deepEqual(await outbox.claim(4_999, 10, 1), []);
  assert.deepEqual(ids(await outbox.claim(5_000, 10, 1)), ['a']);
  const row = await database.read.selectFrom('outbox').select('last_error').executeTakeFirstOrThrow();
  assert.equal(row.last_error, 'the server was down');
});

test('the longest waiting go first', async () => {
  const database = await open();
  const outbox = outboxOn(database.write);
  for (const [id, at] of [
    ['late', 30],
    ['early', 10],
    ['middle', 20],
  ] as const)
    await outbox.add(message(id, at));
  assert.deepEqual(ids(await outbox.claim(100, 10, 2)), ['early', 'middle']);
  await database.close();
});

test('a message added in a transaction that fails is never sent', async () => {
  const database = await open();
  await assert.rejects(
    database.transact(async (tx) => {
      await outboxOn(tx).add(message('a', 0));
      throw new Error('no');
    }),
  );
  assert.deepEqual(await outboxOn(database.write).claim(100, 10, 10), []);
  await database.close();
});
