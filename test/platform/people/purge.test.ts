import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { openStorage } from '../../../server/platform/stores/storage.ts';
import { secretBox } from '../../../server/storage/secret-box.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { create, rows } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const day = 86_400_000;
const over = 1_000;
const going = 3;

/** Ways in, spent addresses and mails: many that ended long ago, and three of each that did not. */
async function fill(): Promise<void> {
  const envelope = await create(platform);
  await platform.runJobs();
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'));
  db.exec('delete from passes; delete from outbox');
  const { now } = platform.clock;
  const counted = `with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ${over + going})`;
  const at = (past: number) => `iif(i < ${over}, ${past} - i, ${now})`;
  db.exec(`insert into passes (hash, kind, envelope_id, signer_id, account_id, created_at, expires_at)
    ${counted} select 'h' || i, 'link', s.envelope_id, s.id, e.account_id, 0, ${at(now - 31 * day)} from n, signers s
    join envelopes e on e.id = s.envelope_id where e.id = '${envelope}'`);
  db.exec(`insert into spent_links (nonce, expires_at) ${counted} select 'n' || i, ${at(now - 1)} from n`);
  db.exec(`insert into outbox (id, kind, body, added_at, next_at, delivered_at)
    ${counted} select 'mail_' || i, 'mail', '{}', 0, 0, ${at(now - 31 * day)} from n`);
  db.close();
}
const counts = () => {
  const [row] = rows<Record<string, number>>(
    platform,
    'select (select count(*) from passes) as passes, (select count(*) from spent_links) as spent, (select count(*) from outbox) as mails',
  );
  return { ...row };
};

test('what is over is forgotten a little at a time, by itself, and nothing that is not', async (t) => {
  await fill();
  const { storage, database } = await openStorage(join(platform.dataDir, 'platform.db'), secretBox(platform.key));
  t.after(() => database.close());
  const { now } = platform.clock;
  const more = await storage.transact(async ({ envelopes, vault }) => [
    await envelopes.forgetPasses(now - 30 * day),
    await vault.forgetSpent(now),
  ]);
  const left = counts();
  assert.deepEqual(more, [true, true]);
  for (const n of [left.passes, left.spent]) assert.ok(n !== undefined && n >= over - 500 && n < over + going, `${n}`);
  await platform.runJobs();
  assert.deepEqual(counts(), { passes: going, spent: going, mails: going });
});
