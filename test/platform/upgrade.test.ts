import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrations, type Tables } from '../../server/platform/stores/schema.ts';
import { openDatabase } from '../../server/storage/database.ts';
import { outboxOn } from '../../server/storage/outbox.ts';
import { secretBox } from '../../server/storage/secret-box.ts';
import { startPlatform } from '../start-platform.ts';
import { create } from './envelopes.ts';

test('a platform.db from before signing is brought up to date, and a mail that waits in it leaves with its link', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-upgrade-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
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
