import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, ask, embedToken, sendEnvelope, signAll, signerWith } from '../ceremony/ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const expires_at = '2026-11-21T10:00:00.000Z';
const end = Date.parse(expires_at);

test('past its time nothing can be signed, at once and before anything wrote it down; then it is recorded once', async () => {
  const start = platform.clock.now;
  const id = await sendEnvelope(platform, { more: { expires_at } });
  const signer = signerWith(platform, await embedToken(platform, id, ada.email));
  await signer.consent();
  await signer.fill();
  platform.clock.now = end - 1;
  assert.equal((await signer.read()).state, 'open');
  platform.clock.now = end;
  const late = await signer.finish();
  assert.deepEqual([late.status, late.json.code], [409, 'ceremony-ended']);
  assert.deepEqual([(await signer.read()).state, (await signer.read()).you.turn], ['expired', false]);
  await platform.runJobs();
  await platform.runJobs();
  assert.equal((await signer.read()).state, 'expired');
  assert.equal(((await ask(platform, 'GET', id)).json.data as { status: string }).status, 'expired');
  const db = new SqliteFile(`${platform.dataDir}/platform.db`, { readonly: true });
  const { n } = db.prepare(`select count(*) as n from envelope_events where envelope_id = ? and kind = 'envelope.expired'`).get(id) as {
    n: number;
  };
  db.close();
  assert.equal(n, 1);
  platform.clock.now = start;
});

test('what everybody has signed in time is sealed after it', async () => {
  const start = platform.clock.now;
  const id = await sendEnvelope(platform, { more: { expires_at } });
  const signer = signerWith(platform, await embedToken(platform, id, ada.email));
  assert.equal((await signAll(signer)).json.state, 'finishing');
  platform.clock.now = end + 1;
  await platform.runJobs();
  assert.equal((await signer.read()).state, 'completed');
  platform.clock.now = start;
});
