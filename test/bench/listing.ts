import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { EnvelopeQuery } from '../../server/platform/domain/records/envelope.ts';
import { migrations } from '../../server/platform/stores/schema/schema.ts';
import { openStorage } from '../../server/platform/stores/storage.ts';
import { secretBox } from '../../server/storage/secret-box.ts';
import { compare, median, type Row } from './world/harness.ts';

const account = 'acc_bench';
const customer = 'cust_bench';
/** One of every 20 is of the customer that is filtered by, and states are as they come after years: most are vaulted. */
const states = ['sent', 'viewed', 'completed', 'vaulted', 'vaulted', 'vaulted', 'vaulted', 'declined', 'voided', 'expired'] as const;
const filters: Record<string, Partial<EnvelopeQuery>> = {
  'no filter': {},
  status: { status: 'vaulted' },
  customer: { customerId: customer },
  both: { customerId: customer, status: 'vaulted' },
};

/** One page of envelopes at the store, anywhere in the list, by cursor: of an account with a million beside one with a thousand. */
export async function listing(say: (line: string) => void): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const small = await filled(join(folder, 'small.db'), 1_000, say);
  const large = await filled(join(folder, 'large.db'), 1_000_000, say);
  const rows: Row[] = [];
  for (const [name, filter] of Object.entries(filters))
    rows.push(
      ...(await compare({
        what: `A page of 20 envelopes of 1,000,000 by cursor, ${name}, median of 200`,
        unit: 'ms',
        ours: () => large.median(filter),
        yardsticks: [{ name: 'the same of 1,000', measure: () => small.median(filter), target: { atMost: 2 } }],
      })),
    );
  for (const each of [small, large]) await each.close();
  await rm(folder, { recursive: true });
  return rows;
}

/** A database that was filled as the version before lists had indexes left it, and brought up to date. */
async function filled(file: string, count: number, say: (line: string) => void) {
  const older = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '008'));
  const sqlite = new SqliteFile(file);
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  await new Migrator({ db, provider: { getMigrations: async () => older } }).migrateToLatest();
  sqlite.exec(`insert into accounts (id, name, created_at) values ('${account}', 'Bench', 0)`);
  sqlite.exec(`insert into customers (id, account_id, email, email_key, name, created_at) values
    ('${customer}', '${account}', 'a', 'a', 'A', 0), ('cust_other', '${account}', 'b', 'b', 'B', 0)`);
  sqlite.exec(`insert into envelopes (id, account_id, customer_id, name, metadata, signing_order, required_reading, state, created_at,
      updated_at, expires_at, document)
    with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ${count})
    select printf('env_%012d', i), '${account}', iif(i % 20 < 1, '${customer}', 'cust_other'), 'Lease ' || i, '{}', 'parallel',
      0, case i / 20 % ${states.length} ${states.map((state, i) => `when ${i} then '${state}'`).join(' ')} end, i / 3, i / 3, 9e12,
      '{"address":"a","sha256":"s","size":1,"filename":"lease.pdf","uploadSha256":"u","pages":[]}'
    from n`);
  await db.destroy();
  const start = performance.now();
  const { storage, database } = await openStorage(file, secretBox(randomBytes(32)));
  say(
    `${count.toLocaleString('en')} envelopes of an earlier version were brought up to date in ${Math.round(performance.now() - start)} ms.`,
  );
  const list = (filter: Partial<EnvelopeQuery>, after?: EnvelopeQuery['after']) =>
    storage.read.envelopes.list(account, { page: 1, limit: 20, ...filter, after }, 1e12);
  return {
    async median(filter: Partial<EnvelopeQuery>): Promise<number> {
      const times: number[] = [];
      for (let i = 0; i < 200; i += 1) {
        const after = [Math.floor((Math.random() * count) / 3), ''] as const;
        const begun = performance.now();
        await list(filter, after);
        times.push(performance.now() - begun);
      }
      return median(times);
    },
    close: () => database.close(),
  };
}
