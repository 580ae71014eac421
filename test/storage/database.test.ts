import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { type Kysely, sql } from 'kysely';
import { migrations } from '../../server/gateway/stores/migrations.ts';
import { openDatabase } from '../../server/storage/database.ts';
import { StartRefused } from '../../server/storage/refused.ts';

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

test('transactions that wait together share a commit, each is whole by itself, and all are told after it', async () => {
  const file = join(folder, 'shared.db');
  const database = await openDatabase<Tables>(file, things);
  await database.settle();
  const seen: string[] = [];
  const add = (id: string) =>
    database.transact(async (tx) => {
      await tx.insertInto('thing').values({ id, n: 1 }).execute();
      if (id.startsWith('bad')) throw new Error(id);
      return id;
    });
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, (_, i) =>
      add(`${i % 3 === 0 ? 'bad' : 'good'}${i}`).finally(async () => {
        // Whoever is told finds it on the disk already: nobody is told before the commit.
        if (i % 3 !== 0) assert.ok(await database.read.selectFrom('thing').select('id').where('id', '=', `good${i}`).executeTakeFirst());
        seen.push(String(i));
      }),
    ),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    results.map((_, i) => (i % 3 === 0 ? 'rejected' : 'fulfilled')),
  );
  const kept = await database.read.selectFrom('thing').select('id').execute();
  assert.deepEqual(kept.map(({ id }) => id).sort(), results.flatMap((_, i) => (i % 3 === 0 ? [] : [`good${i}`])).sort());
  // Each commit leaves at least a frame of 24 + 4,096 bytes in the write-ahead log: forty of their own would be forty.
  assert.ok(statSync(`${file}-wal`).size < 10 * 4_120, `${statSync(`${file}-wal`).size} bytes`);
  assert.equal(seen.length, 60);
  await database.close();
});

test('a disk that is full in the middle of a shared commit loses nothing that was told, and keeps nothing that was not', async (t) => {
  const database = await openDatabase<Tables>(join(folder, 'shared-full.db'), things);
  t.after(() => database.close());
  const pages = Number(await pragma(database.write, 'page_count'));
  await pragma(database.write, `max_page_count = ${pages + 10}`);
  const told = await Promise.allSettled(
    Array.from({ length: 40 }, (_, i) =>
      database.transact(async (tx) => {
        await tx
          .insertInto('thing')
          .values({ id: `${i}${'x'.repeat(3_000)}`, n: i })
          .execute();
        return i;
      }),
    ),
  );
  const kept = await database.read.selectFrom('thing').select('n').orderBy('n').execute();
  assert.deepEqual(
    kept.map(({ n }) => n),
    told.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
  );
  assert.ok(kept.length < 40);
  for (const each of told) if (each.status === 'rejected') assert.equal(each.reason.code, 'SQLITE_FULL');
});

test('a transaction that reads first and writes then is not turned away because another process writes in between', async (t) => {
  const file = join(folder, 'two-processes.db');
  const database = await openDatabase<Tables>(file, things);
  t.after(() => database.close());
  await database.transact((tx) => tx.insertInto('thing').values({ id: 'sum', n: 0 }).execute());
  const other = spawn(process.execPath, ['-e', writing, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => other.kill('SIGKILL'));
  await once(other.stdout, 'data');
  const of = async (id: string) => (await database.read.selectFrom('thing').select('n').where('id', '=', id).executeTakeFirstOrThrow()).n;
  let done = 0;
  for (; done < 100 || (await of('theirs')) < 5; done++) {
    await database.transact(async (tx) => {
      const { n } = await tx.selectFrom('thing').select('n').where('id', '=', 'sum').executeTakeFirstOrThrow();
      await new Promise((resolve) => setTimeout(resolve, 1));
      await tx
        .updateTable('thing')
        .set({ n: n + 1 })
        .where('id', '=', 'sum')
        .execute();
    });
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.equal(await of('sum'), done);
});

/** Another program that writes as fast as it may. */
const writing = `
  const db = require('better-sqlite3')(process.argv[1], { timeout: 5000 });
  db.exec("insert into thing values ('theirs', 0)");
  process.stdout.write('writes');
  setInterval(() => db.exec("update thing set n = n + 1 where id = 'theirs'"), 1);`;

test('a full disk is told as that, leaves nothing, and the next transaction goes on', async (t) => {
  const database = await openDatabase<Tables>(join(folder, 'full.db'), things);
  t.after(() => database.close());
  const fill = (of: string) =>
    database.transact(async (tx) => {
      for (let i = 0; i < 200; i++)
        await tx
          .insertInto('thing')
          .values({ id: `${of}${i}${'x'.repeat(1_000)}`, n: i })
          .execute();
    });
  const pages = Number(await pragma(database.write, 'page_count'));
  await pragma(database.write, `max_page_count = ${pages + 10}`);
  await assert.rejects(fill('a'), (error: { code?: string }) => error.code === 'SQLITE_FULL');
  assert.deepEqual(await database.read.selectFrom('thing').selectAll().execute(), []);
  await pragma(database.write, 'max_page_count = 1000000');
  await fill('b');
  assert.equal((await database.read.selectFrom('thing').selectAll().execute()).length, 200);
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

test('a file that a newer version has brought further is refused in one sentence, and stays as it is', async () => {
  const file = join(folder, 'newer.db');
  const later = { ...things, '002-later': { up: (db: Kysely<unknown>) => sql`create table later (a)`.execute(db).then(() => {}) } };
  await (await openDatabase(file, later)).close();
  const before = await readFile(file);
  await assert.rejects(openDatabase<Tables>(file, things), (error: Error) => {
    assert.ok(error instanceof StartRefused);
    assert.match(error.message, /^newer\.db was brought to "002-later" by a newer version of Inlay[^.]*\.$/);
    return true;
  });
  assert.deepEqual(await readFile(file), before);
  const again = await openDatabase(file, later);
  await again.close();
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
