import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { migrations, type Tables } from '../../server/platform/stores/schema/schema.ts';
import { openDatabase } from '../../server/storage/database.ts';
import { outboxOn } from '../../server/storage/outbox.ts';
import { secretBox } from '../../server/storage/secret-box.ts';
import { startPlatform } from '../start-platform.ts';
import { create, meddle, rows } from './world/envelopes.ts';

test('a platform.db from before signing is brought up to date, and a mail that waits in it leaves with its link', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-upgrade-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const first = migrations['001-onboarding'] ?? assert.fail();
  const old = await openDatabase<Tables>(join(dataDir, 'platform.db'), { '001-onboarding': first });
  const mail = { id: 'mail_1', at: 0, from: 'Kelviq (sandbox)', to: 'a@b.example', subject: 'Welcome', opening: 'Hello,', closing: 'Bye.' };
  await outboxOn(old.write).add({ id: mail.id, kind: 'mail', body: JSON.stringify({ ...mail, invitationId: 'inv_1' }), at: 0 });
  await old.close();

  const platform = await startPlatform({ dataDir });
  t.after(() => platform.close());
  await platform.runJobs();
  const [name = ''] = (await readdir(join(dataDir, 'outbox'))).filter((each) => each.endsWith('.eml'));
  const text = (await readFile(join(dataDir, 'outbox', name), 'utf8')).replace(/=\r?\n/g, '');
  const token = secretBox(platform.key).fingerprint('invitation/inv_1');
  assert.ok(text.replaceAll('=3D', '=').includes(`/invitation?token=${token}`), 'its own link, not another');
  await create(platform);
  assert.deepEqual(platform.reported, []);
});

test('an envelope that asked for reminders before anybody was reminded gets them', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-upgrade-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '003'));
  const sha256 = 'a'.repeat(64);
  const document = { address: sha256, sha256, size: 1, filename: 'lease.pdf', uploadSha256: sha256, pages: [] };
  const old = await openDatabase<Tables>(join(dataDir, 'platform.db'), before);
  for (const statement of [
    sql`insert into accounts (id, name, created_at) values ('acc_1', 'Quay', 0)`,
    sql`insert into customers (id, account_id, email, email_key, name, created_at) values ('cust_1', 'acc_1', 'a@b.example', 'a@b.example', 'A', 0)`,
    sql`insert into envelopes (id, account_id, customer_id, name, metadata, signing_order, required_reading, reminders, state, created_at, updated_at, document)
      values ('env_1', 'acc_1', 'cust_1', 'Lease', '{}', 'parallel', 0, '{"after_days":2,"every_days":3}', 'sent', 1000, 1000, ${JSON.stringify(document)})`,
    sql`insert into signers (id, envelope_id, ordinal, name, email, email_key, position, state, pages_seen, revision)
      values ('sig_1', 'env_1', 0, 'A', 'a@b.example', 'a@b.example', 1, 'waiting', '[]', 0)`,
  ])
    await statement.execute(old.write);
  await old.close();

  const day = 86_400_000;
  const platform = await startPlatform({ dataDir, now: 999 + 2 * day });
  t.after(() => platform.close());
  const reminded = () => rows<{ at: number | null }>(platform, 'select reminded_at as at from signers')[0]?.at;
  await platform.runJobs();
  assert.equal(reminded(), null);
  platform.clock.now += 1;
  await platform.runJobs();
  assert.equal(reminded(), 1000 + 2 * day);
  assert.deepEqual(platform.reported, []);
});

test('events from before they knew their place in the log are given it', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-upgrade-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const { '001-onboarding': first = assert.fail(), '002-signed': second = assert.fail() } = migrations;
  const file = join(dataDir, 'platform.db');
  await (await openDatabase<Tables>(file, { '001-onboarding': first, '002-signed': second })).close();
  meddle(
    { dataDir },
    `insert into accounts values ('acc_1', 'Old', 0);
     insert into customers values ('cust_1', 'acc_1', 'a@b.example', 'a@b.example', 'A', 0);
     insert into envelopes (id, account_id, customer_id, name, metadata, signing_order, required_reading, state, created_at, updated_at, document)
       values ('env_1', 'acc_1', 'cust_1', 'Lease', '{}', 'parallel', 0, 'voided', 0, 0, 'null');
     insert into envelope_events (id, envelope_id, ordinal, at, kind, salt) values ('evt_1', 'env_1', 0, 0, 'envelope.created', x'01');
     insert into envelope_events (id, envelope_id, ordinal, at, kind, salt) values ('evt_2', 'env_1', 1, 0, 'envelope.voided', x'02');
     insert into log_leaf values (0, 0, 'envelope.other', 'acc_1', '{"v":1,"at":0,"kind":"envelope.other"}', x'00');
     insert into log_leaf values (1, 0, 'envelope.created', 'acc_1', '{"v":1,"about":{"event":"evt_1"}}', x'00');
     insert into log_leaf values (2, 0, 'envelope.voided', 'acc_1', '{"v":1,"about":{"event":"evt_2"}}', x'00')`,
  );
  await (await startPlatform({ dataDir })).close();
  assert.deepEqual(rows({ dataDir }, 'select id, leaf from envelope_events order by id'), [
    { id: 'evt_1', leaf: 1 },
    { id: 'evt_2', leaf: 2 },
  ]);
});
