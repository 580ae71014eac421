import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { type Database, openDatabase } from '../../server/storage/database.ts';
import { type Idempotency, type IdempotencyTables, idempotencyOn, idempotencySchema } from '../../server/storage/idempotency.ts';
import { secretBox } from '../../server/storage/secret-box.ts';
import { Failure } from '../../shared/problem.ts';

let folder: string;
let database: Database<IdempotencyTables>;
const schema = { '001': { up: async (db: Kysely<unknown>) => void (await idempotencySchema.execute(db)) } };
const box = secretBox(randomBytes(32));
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inlay-idempotency-'));
  database = await openDatabase<IdempotencyTables>(join(folder, 'kept.db'), schema);
  kept = idempotencyOn(database, box);
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

let kept: Idempotency;
const once = () => kept;
const asking = (key: string, body: unknown = { a: 1 }, scope = 'partner subject route') => ({ scope, key, body, now: 1_000 });
const answer =
  (body: unknown = { told: 'ü', n: 1.5 }) =>
  async () => ({ status: 201, body });
const failing = (code: Failure['code']) => (error: unknown) => error instanceof Failure && error.code === code;

test('the same body again gives the first answer, to the byte, and nothing is done', async () => {
  const first = await once().once(asking('k1'), answer());
  let done = 0;
  const again = await once().once(asking('k1'), async () => {
    done += 1;
    return { status: 500, body: 'other' };
  });
  assert.deepEqual([first.replayed, again.replayed, done], [false, true, 0]);
  assert.equal(JSON.stringify([again.status, again.body]), JSON.stringify([first.status, first.body]));
});

test('another body under the same key is refused, under another scope it is its own', async () => {
  await once().once(asking('k2'), answer());
  await assert.rejects(once().once(asking('k2', { a: 2 }), answer()), failing('idempotency-key-reused'));
  assert.equal((await once().once(asking('k2', { a: 2 }, 'other'), answer())).replayed, false);
});

test('while the first call runs the second is told so; another body is told that instead', async () => {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const first = once().once(asking('k3'), async () => {
    await finished;
    return { status: 200, body: 1 };
  });
  await assert.rejects(
    once().once(asking('k3'), answer()),
    (error: unknown) => failing('idempotency-key-running')(error) && error instanceof Failure && error.retryAfter === 1,
  );
  await assert.rejects(once().once(asking('k3', { a: 2 }), answer()), failing('idempotency-key-reused'));
  finish();
  await first;
  assert.equal((await once().once(asking('k3'), answer())).body, 1);
});

test('a refusal is not kept, and the key is free again for any body', async () => {
  const refuse = once().once(asking('k4'), async () => {
    throw new Failure('invalid-input');
  });
  await assert.rejects(refuse, failing('invalid-input'));
  assert.equal((await once().once(asking('k4', { corrected: true }), answer())).replayed, false);
});

test('of fifty calls at once one is done', async () => {
  let done = 0;
  const work = async () => {
    done += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return { status: 200, body: done };
  };
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => once().once(asking('k5'), work)));
  assert.equal(done, 1);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') assert.ok(failing('idempotency-key-running')(outcome.reason));
    else assert.equal(outcome.value.body, 1);
});

test('after a start the claims of a killed process are free for the same call, and answers are kept', async () => {
  await once().once(asking('kept'), answer('kept'));
  void once().once(asking('killed'), () => new Promise(() => {}));
  await assert.rejects(once().once(asking('killed'), answer()), failing('idempotency-key-running'));
  const next = idempotencyOn(database, box);
  assert.equal((await next.once(asking('killed'), answer())).replayed, false);
  assert.equal((await next.once(asking('kept'), answer())).replayed, true);
});

test('a call whose answer a full disk did not take, nor that it failed, does not hold its key', async () => {
  const pages = async (text: string) =>
    Number(
      (await sql<Record<string, number>>`${sql.raw(`pragma ${text}`)}`.execute(database.write)).rows.map((row) => Object.values(row)[0])[0],
    );
  const long = 'x'.repeat(200_000);
  await assert.rejects(
    once().once(asking('full'), async () => {
      await pages(`max_page_count = ${await pages('page_count')}`);
      return { status: 201, body: long };
    }),
    (error: { code?: string }) => error.code === 'SQLITE_FULL',
  );
  await pages('max_page_count = 1000000');
  assert.equal((await once().once(asking('full'), answer('later'))).body, 'later');
});

test('answers are forgotten after 24 hours', async () => {
  await once().once(asking('old'), answer('old'));
  await once().purge(1_000 + 86_400_000);
  assert.equal((await once().once(asking('old'), answer('new'))).body, 'old');
  await once().purge(1_001 + 86_400_000);
  assert.equal((await once().once(asking('old'), answer('new'))).body, 'new');
});

test('neither an answer nor a body lies in the file in the clear', async () => {
  await once().once(asking('sealed', { secret: 'CANARY-BODY-771' }), answer({ secret: 'CANARY-ANSWER-771' }));
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    assert.ok(!bytes.includes('CANARY-'), name);
  }
});
