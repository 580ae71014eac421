import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { migrations } from '../../../server/gateway/stores/migrations.ts';
import { storageIn } from '../../../server/gateway/stores/stores.ts';
import type { FileTables } from '../../../server/gateway/stores/tables.ts';
import { openDatabase } from '../../../server/storage/database.ts';
import { eventually, startGateway } from '../../start-gateway.ts';

/** Of everything that ends: many that ended two days ago, and three that did not. */
const over = 3_000;
const going = 3;
const tables = ['mint', 'session', 'session_token', 'pass', 'kept_call', 'idempotency'] as const;
function fill(file: string): void {
  const db = new SqliteFile(file);
  const [past, future] = [Date.now() - 2 * 86_400_000, Date.now() + 3_600_000];
  const each = (text: string) =>
    db.exec(`${text.slice(0, text.indexOf('select'))}
      with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ${over + going})
      ${text.slice(text.indexOf('select')).replaceAll(':at', `iif(i < ${over}, ${past} - i, ${future})`)} from n`);
  each(`insert into mint (jti, partner_id, key_id, customer_id, mode, expires_at) select 'j' || i, 'p', 'k', 'c', 'live', :at`);
  each(`insert into session (id, jti, partner_id, customer_id, mode, widget, sub, jkt, origin, created_at, ends_at)
    select 's' || i, 'j' || i, 'p', 'c', 'live', 'sign', 'u', 't', 'o', 0, :at`);
  each(`insert into session_token (hash, session_id, issued_at, expires_at) select 'h' || i, 's' || i, 0, :at`);
  each(`insert into pass (session_id, envelope_id, partner_id, box, created_at) select 's' || i, 'e', 'p', x'00', :at`);
  each(
    `insert into kept_call (scope, key, id, partner_id, vendor, route, state, at) select 's', 'k' || i, 'c', 'p', 'loyva', 'r', 'unknown', :at`,
  );
  each(`insert into idempotency (scope, key, fingerprint, claimed_at, answer) select 's', 'k' || i, 'f', :at, x'00'`);
  db.close();
}
function counts(file: string): Record<string, number> {
  const db = new SqliteFile(file, { readonly: true });
  const all = tables.map((table) => [table, (db.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n] as const);
  db.close();
  return Object.fromEntries(all);
}

test('what is over is forgotten a little at a time: no transaction takes all of it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-purge-'));
  const file = join(folder, 'gateway.db');
  const database = await openDatabase<FileTables>(file, migrations);
  t.after(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });
  fill(file);
  const storage = storageIn(database);
  const before = Date.now() - 86_400_000;
  const some = () =>
    storage.transact(async ({ sessions, passes, calls }) => [
      await sessions.purge(before),
      await passes.purge(before),
      await calls.purge(before),
    ]);
  assert.deepEqual(await some(), [true, true, true]);
  const left = counts(file);
  for (const table of ['mint', 'session', 'session_token', 'pass', 'kept_call'])
    assert.ok((left[table] ?? 0) >= over - 500 && (left[table] ?? 0) < over + going, `${table} ${left[table]}`);
  for (let turns = 1; (await some()).some(Boolean); turns += 1) assert.ok(turns < 20);
  const { idempotency, ...rest } = counts(file);
  assert.deepEqual(rest, { mint: going, session: going, session_token: going, pass: going, kept_call: going });
});

test('the gateway forgets all that is over by itself, and nothing that is not', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-purge-'));
  const masterKey = randomBytes(32);
  await (await startGateway({ dataDir, masterKey })).close();
  const file = join(dataDir, 'gateway.db');
  fill(file);
  const gateway = await startGateway({ dataDir, masterKey });
  t.after(async () => {
    await gateway.close();
    await rm(dataDir, { recursive: true });
  });
  await eventually(async () => Object.values(counts(file)).every((n) => n <= going));
  assert.deepEqual(counts(file), Object.fromEntries(tables.map((table) => [table, going])));
  assert.deepEqual(gateway.reported, []);
});
