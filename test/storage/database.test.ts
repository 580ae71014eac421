import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { type Kysely, sql } from 'kysely';
import { migrations } from '../../server/gateway/stores/migrations.ts';
import { openDatabase } from '../../server/storage/database.ts';

interface Tables {
  thing: { id: string; n: number };
}
const things = {
  '001': {
    async up(db: Kysely<unknown>) {
      await sql`create table thing (id text primary key, n integer not null) strict`.execute(db);
    },
  },
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inlay-database-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const pragma = async (db: Kysely<Tables>, name: string) =>
  Object.values((await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db)).rows[0] ?? {})[0];

test('after a write a commit reaches the disk before it is acknowledged, in a fresh file and in one that is opened again', async () => {
  for (const turn of ['fresh', 'again']) {
    const database = await openDatabase<Tables>(join(folder, 'durable.db'), things);
    await database.transact((tx) => tx.insertInto('thing').values({ id: turn, n: 1 }).execute());
    assert.equal(await pragma(database.write, 'synchronous'), 2, turn);
    assert.equal(await pragma(database.write, 'journal_mode'), 'wal');
    assert.equal(await pragma(database.write, 'foreign_keys'), 1);
    await database.close();
  }
});

test('the reading connection refuses to write', async () => {
  const database = await openDatabase<Tables>(join(folder, 'reader.db'), things);
  await assert.rejects(database.read.insertInto('thing').values({ id: 'a', n: 1 }).execute(), /readonly/);
  await assert.rejects(sql`create table other (a)`.execute(database.read), /readonly/);
  await database.close();
});

test('a transaction that fails leaves nothing, even after it has awaited; one that does not is seen by readers at once', async () => {
  const database = await openDatabase<Tables>(join(folder, 'rollback.db'), things);
  await assert.rejects(
    database.transact(async (tx) => {
      await tx.insertInto('thing').values({ id: 'a', n: 1 }).execute();
      await new Promise((resolve) => setImmediate(resolve));
      await tx.insertInto('thing').values({ id: 'a', n: 2 }).execute();
    }),
    /UNIQUE/,
  );
  assert.deepEqual(await database.read.selectFrom('thing').selectAll().execute(), []);
  await database.transact((tx) => tx.insertInto('thing').values({ id: 'b', n: 1 }).execute());
  assert.deepEqual(await database.read.selectFrom('thing').select('id').execute(), [{ id: 'b' }]);
  await database.close();
});

test('transactions that are begun together happen one after the other', async () => {
  const database = await openDatabase<Tables>(join(folder, 'serial.db'), things);
  await database.transact((tx) => tx.insertInto('thing').values({ id: 'sum', n: 0 }).execute());
  await Promise.all(
    Array.from({ length: 50 }, () =>
      database.transact(async (tx) => {
        const { n } = await tx.selectFrom('thing').select('n').where('id', '=', 'sum').executeTakeFirstOrThrow();
        await new Promise((resolve) => setImmediate(resolve));
        await tx
          .updateTable('thing')
          .set({ n: n + 1 })
          .where('id', '=', 'sum')
          .execute();
      }),
    ),
  );
  assert.deepEqual(await database.read.selectFrom('thing').select('n').execute(), [{ n: 50 }]);
  await database.close();
});

test('a file opened twice is migrated once, and keeps what it holds', async () => {
  const file = join(folder, 'twice.db');
  const first = await openDatabase<Tables>(file, things);
  await first.transact((tx) => tx.insertInto('thing').values({ id: 'a', n: 7 }).execute());
  await first.close();
  const second = await openDatabase<Tables>(file, things);
  assert.deepEqual(await second.read.selectFrom('thing').selectAll().execute(), [{ id: 'a', n: 7 }]);
  await second.close();
});

test('every table of gateway.db is strict, Kysely’s own apart', async () => {
  const file = join(folder, 'gateway.db');
  await (await openDatabase(file, migrations)).close();
  const db = new SqliteFile(file, { readonly: true });
  const tables = db
    .prepare("select name, strict from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'")
    .all() as {
    name: string;
    strict: number;
  }[];
  db.close();
  assert.ok(tables.length > 15);
  assert.deepEqual(
    tables.filter(({ name, strict }) => !strict && !name.startsWith('kysely_')),
    [],
  );
});

test('settling takes what was deleted out of both files, and while somebody reads it gives up without making everybody wait', async (t) => {
  const file = join(folder, 'settled.db');
  const database = await openDatabase<Tables>(file, things);
  t.after(() => database.close());
  const holds = async () => {
    const bytes = await Promise.all([file, `${file}-wal`].map((name) => readFile(name)));
    return bytes.some((each) => each.includes('a canary'));
  };
  await database.transact((tx) => tx.insertInto('thing').values({ id: 'a canary', n: 1 }).execute());
  const reader = new SqliteFile(file, { readonly: true });
  t.after(() => reader.close());
  reader.exec('begin');
  reader.prepare('select * from thing').all();
  await database.transact((tx) => tx.deleteFrom('thing').execute());
  const begun = performance.now();
  await assert.rejects(database.settle(), /could not be emptied/);
  assert.ok(performance.now() - begun < 2_500, 'SQLite’s own waiting, of five seconds, stops the whole process');
  assert.equal(await pragma(database.write, 'busy_timeout'), 5_000);
  assert.equal(await holds(), true);
  reader.exec('commit');
  await database.settle();
  assert.equal(await holds(), false);
});
