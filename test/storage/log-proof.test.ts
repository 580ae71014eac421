import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { openDatabase } from '../../server/storage/database.ts';
import { checkpoint, logKeyFrom } from '../../server/storage/log/checkpoint.ts';
import { append, type LogTables, leafDigest, logHeadSchema, logSchema } from '../../server/storage/log/leaves.ts';
import { type Log, openLog } from '../../server/storage/log/log.ts';
import { rootOf } from '../platform/log/second-log.ts';

const key = logKeyFrom(randomBytes(32));
const schema = {
  '001': {
    async up(db: Kysely<unknown>) {
      for (const statement of [...logSchema, logHeadSchema]) await statement.execute(db);
    },
  },
};

/** A log in a file of its own, opened as often as a test likes; what it reports. */
function logFile(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'inlay-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const file = join(folder, 'log.db');
  return {
    async open() {
      const database = await openDatabase<LogTables>(file, schema);
      const reported: unknown[] = [];
      const log = openLog(database, key, (error) => reported.push(error));
      return {
        log,
        reported,
        database,
        async add(count: number) {
          for (let n = 0; n < count; n++) await append(database.write, { kind: 'act', at: n, partner: `p${n % 2}`, about: { n } });
        },
        async close() {
          await log.close();
          await database.close();
        },
      };
    },
    /** What somebody does to the file who has never heard of Inlay. */
    meddle<T>(work: (db: SqliteFile.Database) => T): T {
      const db = new SqliteFile(file);
      db.function('leaf_hash', (leaf) => leafDigest(String(leaf)));
      try {
        return work(db);
      } finally {
        db.close();
      }
    },
  };
}

const moved = (by: number, from: number) => `
  update log_leaf set seq = -seq - 1 where seq >= ${from};
  update log_leaf set seq = -seq - 1 + ${by} where seq < 0`;
const swapped = (columns: string, a: number, b: number) => `
  update log_leaf set (${columns}) = (select ${columns} from log_leaf as other where other.seq = ${a} + ${b} - log_leaf.seq) where seq in (${a}, ${b})`;
const rewritten = `update log_leaf set leaf = json_set(leaf, '$.seq', seq); update log_leaf set hash = leaf_hash(leaf)`;

/** As the job does it, a part at a time. */
async function assertFound({ log }: { log: Log }, named: RegExp): Promise<void> {
  for (let turn = 0; turn < 50 && !named.test(log.fault() ?? ''); turn++) await log.check();
  assert.match(log.fault() ?? 'nothing', named);
}

/** Each of 40 leaves; what is done to the file, and how it is named. */
const cases: Record<string, [sql: string, named: RegExp]> = {
  'a leaf’s text': [`update log_leaf set leaf = replace(leaf, '"n":12', '"n":13') where seq = 12`, /^Leaf 12 /],
  'a leaf’s hash': ['update log_leaf set hash = zeroblob(32) where seq = 12', /^Leaf 12 /],
  'whose a leaf is': [`update log_leaf set partner_id = 'p9' where seq = 12`, /^Leaf 12 /],
  'a leaf’s text and its hash': [
    `update log_leaf set leaf = replace(leaf, '"n":12', '"n":13') where seq = 12; update log_leaf set hash = leaf_hash(leaf)`,
    /^One of the leaves 0 to 39 /,
  ],
  'two texts': [swapped('leaf', 12, 20), /^Leaf 12 /],
  'two whole leaves': [swapped('at, kind, partner_id, leaf, hash', 12, 20), /^Leaf 12 /],
  'the last leaf, taken away': ['delete from log_leaf where seq = 39', /^Leaf 39 /],
  'the last three, taken away': ['delete from log_leaf where seq >= 37', /^One of the leaves 37 to 39 /],
  'one in the middle, taken away': ['delete from log_leaf where seq = 12', /^Leaf 12 /],
  'one in the middle, taken away and the gap closed': [`delete from log_leaf where seq = 12; ${moved(-1, 13)}`, /^Leaf 12 /],
  'one put in between': [
    `${moved(1, 12)}; insert into log_leaf values (12, 0, 'act', 'p0', '{"v":2,"seq":12,"at":0,"kind":"act","partner":"p0"}', x'');
     update log_leaf set hash = leaf_hash(leaf) where seq = 12`,
    /^Leaf 13 /,
  ],
  'one put in between and everything behind it written anew': [
    `${moved(1, 12)}; insert into log_leaf values (12, 0, 'act', 'p0', '{"v":2,"seq":12,"at":0,"kind":"act","partner":"p0"}', x''); ${rewritten}`,
    /^One of the leaves 0 to (39|40) /,
  ],
};

for (const [what, [sql, named]] of Object.entries(cases)) {
  test(`${what}, changed while nobody looks: found after the start, named, and no head is signed any more`, async (t) => {
    const file = logFile(t);
    const first = await file.open();
    await first.add(40);
    await first.close();
    file.meddle((db) => db.exec(sql));
    const { log, reported, close } = await file.open();
    await assertFound({ log }, named);
    await assert.rejects(log.head(), { code: 'log-changed', message: log.fault() });
    await log.check();
    const told = reported.map((error) => (error as Error).message);
    assert.deepEqual([told.at(-1), new Set(told).size], [log.fault(), told.length]);
    await close();
    const again = await file.open();
    await assertFound(again, named);
    await again.close();
  });

  test(`${what}, changed while it runs: found as soon as it is read`, async (t) => {
    const file = logFile(t);
    const { log, add, close } = await file.open();
    await add(40);
    await log.head();
    file.meddle((db) => db.exec(sql));
    await assertFound({ log }, named);
    await assert.rejects(log.leaves(undefined, undefined, 100), { code: 'log-changed' });
    // What people do goes on record all the same.
    await add(1);
    await close();
  });
}

test('a leaf that was changed is not given away, and whoever reads it finds it', async (t) => {
  const file = logFile(t);
  const { log, add, close } = await file.open();
  await add(40);
  await log.head();
  file.meddle((db) => db.exec(cases['a leaf’s text']?.[0] ?? ''));
  assert.equal((await log.leaves('p1', undefined, 100)).length, 20);
  await assert.rejects(log.leaves('p0', undefined, 100), /Leaf 12 /);
  await assert.rejects(log.head(), /Leaf 12 /);
  await close();
});

test('a leaf that takes the place of one that was taken away is another', async (t) => {
  const file = logFile(t);
  const { log, add, close } = await file.open();
  await add(40);
  await log.head();
  file.meddle((db) => db.exec('delete from log_leaf where seq = 39'));
  await add(1);
  await assert.rejects(log.head(), /^LogChanged: Leaf 39 /);
  await close();
});

test('a reader needs the text alone: it gives the hash, and all texts the head', async (t) => {
  const { log, add, close } = await logFile(t).open();
  await add(40);
  const leaves = (await log.leaves(undefined, undefined, 100)).toReversed();
  assert.deepEqual(
    leaves.map(({ leaf, hash, ...said }) => [{ ...said, v: 2 }, hash]),
    leaves.map(({ leaf }) => [JSON.parse(leaf), Buffer.from(leafDigest(leaf)).toString('base64')]),
  );
  assert.deepEqual(Buffer.from((await log.head()).root), rootOf(leaves.map(({ leaf }) => leaf)));
  await close();
});

/** How many leaves are read, by queries that answer with their text. */
function counting(database: Awaited<ReturnType<typeof openDatabase<LogTables>>>) {
  const count = { leaves: 0 };
  const read = database.read.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      count.leaves += result.rows.filter((row) => 'leaf' in row).length;
      return result;
    },
  });
  return { count, database: { ...database, read } };
}

test('a start reads nothing of what was checked before: after an end one leaf, after a crash what came since the last head that was kept', async (t) => {
  const file = logFile(t);
  const first = await file.open();
  await first.database.transact(async (tx) => {
    for (let n = 0; n < 3_000; n++) await append(tx, { kind: 'act', at: n });
  });
  await first.log.head();
  await first.log.close();
  await first.database.transact((tx) => append(tx, { kind: 'act', at: 3_000 }));
  // As after a crash: what came last was never proven.
  await first.database.close();
  const { database, close } = await file.open();
  const { count, database: counted } = counting(database);
  const head = await openLog(counted, key, assert.fail as (error: unknown) => void).head();
  assert.deepEqual([head.size, count.leaves], [3_001, 2]);
  assert.deepEqual(
    Buffer.from(head.root),
    rootOf(file.meddle((db) => db.prepare('select leaf from log_leaf order by seq').pluck().all()) as string[]),
  );
  await close();
});

test('a start believes no head that its key did not sign, and no peaks that do not give it', async (t) => {
  const file = logFile(t);
  const first = await file.open();
  await first.add(40);
  await first.close();
  file.meddle((db) => db.exec('update log_head set peaks = zeroblob(64)'));
  const second = await file.open();
  const root = rootOf(file.meddle((db) => db.prepare('select leaf from log_leaf order by seq').pluck().all()) as string[]);
  assert.deepEqual(Buffer.from((await second.log.head()).root), root);
  await second.close();
  const note = checkpoint('inlay/kept', { size: 40, root: randomBytes(32) }, logKeyFrom(randomBytes(32)));
  file.meddle((db) => db.prepare('update log_head set note = ?').run(note));
  const { log, close } = await file.open();
  await assert.rejects(log.head(), /not signed with the key of this log/);
  await close();
});

test('of a log of an earlier version every leaf is read before a head is signed, and then never again', async (t) => {
  const file = logFile(t);
  const first = await file.open();
  await first.close();
  file.meddle((db) => {
    const insert = db.prepare('insert into log_leaf (seq, at, kind, partner_id, leaf, hash) values (?, ?, ?, ?, ?, leaf_hash(?))');
    db.transaction(() => {
      for (let seq = 0; seq < 10_000; seq++) {
        const leaf = JSON.stringify({ v: 1, at: seq, kind: 'act', about: { seq } });
        insert.run(seq, seq, 'act', null, leaf, leaf);
      }
    })();
  });
  const second = await file.open();
  const { count, database } = counting(second.database);
  await openLog(database, key, assert.fail as (error: unknown) => void).head();
  assert.equal(count.leaves, 10_000);
  await second.add(3);
  await second.log.check();
  await second.close();
  const third = await file.open();
  const again = counting(third.database);
  assert.equal((await openLog(again.database, key, assert.fail as (error: unknown) => void).head()).size, 10_003);
  assert.equal(again.count.leaves, 1);
  await third.close();
  // Leaves of that version do not say their place: what is exchanged among them shows at the next head that was kept.
  file.meddle((db) => db.exec(swapped('at, leaf, hash', 5_000, 9_000)));
  const last = await file.open();
  await assertFound(last, /^One of the leaves 4096 to 8191 /);
  await last.close();
});
