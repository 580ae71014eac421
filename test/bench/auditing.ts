import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { openDatabase } from '../../server/storage/database.ts';
import { append, type LogTables, logHeadSchema, logSchema } from '../../server/storage/log/leaves.ts';
import { compare, type Row, rate } from './world/harness.ts';

/** Leaves appended durably per second, each its own commit, beside a plain insert of such a row at synchronous=FULL, and the disk alone. */
export async function auditing(): Promise<Row[]> {
  const folder = await mkdtemp(join(process.cwd(), '.bench-'));
  const migrations = {
    log: {
      up: async (db: Parameters<(typeof logSchema)[number]['execute']>[0]) => {
        for (const each of [...logSchema, logHeadSchema]) await each.execute(db);
      },
    },
  };
  const database = await openDatabase<LogTables>(join(folder, 'ours.db'), migrations);

  const plain = new SqliteFile(join(folder, 'plain.db'));
  plain.pragma('journal_mode = WAL');
  plain.pragma('synchronous = FULL');
  plain.exec(`create table log_leaf (
    seq integer primary key, at integer not null, kind text not null, partner_id text, leaf text not null, hash blob not null
  ) strict; create index log_leaf_partner on log_leaf (partner_id, seq)`);
  const insert = plain.prepare('insert into log_leaf (at, kind, partner_id, leaf, hash) values (?, ?, ?, ?, ?)');

  const raw = openSync(join(folder, 'raw'), 'w');
  const page = Buffer.alloc(4096, 1);

  const partner = 'prt_0123456789abcdefghjkmnpq';
  const entry = () => ({
    kind: 'token.minted',
    at: Date.now(),
    partner,
    actor: 'key_0123456789abcdefghjkmnpq',
    about: { jti: 'jtijtijtijtijtijtiji', widget: 'onboarding' },
  });
  const leaf = JSON.stringify({ v: 1, ...entry() });
  const hash = Buffer.alloc(32, 7);
  const rows = await compare({
    what: 'Audit leaves appended, one commit each',
    unit: '/s',
    rounds: 15,
    ours: () => rate(300, () => append(database.write, entry())),
    yardsticks: [
      {
        name: 'plain insert of such a row, better-sqlite3 at FULL',
        measure: () => rate(300, () => insert.run(Date.now(), 'token.minted', partner, leaf, hash)),
        target: { atLeast: 0.85 },
      },
      {
        name: '4 KB write + fdatasync',
        measure: () =>
          rate(300, () => {
            writeSync(raw, page);
            fdatasyncSync(raw);
          }),
      },
    ],
  });
  await database.close();
  plain.close();
  await rm(folder, { recursive: true });
  return rows;
}
