import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, meddle, partner } from '../world/envelopes.ts';

const get = (platform: StartedPlatform, path: string) => call(platform, 'GET', path, {});

async function started(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-changed-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  return { dataDir, platform: await startPlatform({ dataDir }) };
}

const changed = `update log_leaf set leaf = replace(leaf, '"at":', '"at":1') where seq = 1`;

test('while its log is sound, the platform is ready', async (t) => {
  const { platform } = await started(t);
  await create(platform);
  await platform.runJobs();
  const { status, json } = await get(platform, '/readyz');
  assert.deepEqual([status, json], [200, { ready: true, faults: [] }]);
  await platform.close();
});

test('a leaf that was changed in the file is found after the start: no head is signed, no certificate given, /readyz names it', async (t) => {
  const { dataDir, platform: first } = await started(t);
  const id = await create(first);
  await complete(first, id);
  assert.equal((await partner(first, 'POST', `${id}/vault-in-signed`)).status, 200);
  const { key } = first;
  await first.close();
  meddle({ dataDir }, changed);
  const platform = await startPlatform({ dataDir, key });
  t.after(() => platform.close());
  for (let turn = 0; turn < 20 && (await get(platform, '/readyz')).status === 200; turn++) await platform.runJobs();
  const { status, json } = await get(platform, '/readyz');
  assert.equal(status, 503);
  const [fault, ...others] = json.faults as { check: string; detail: string }[];
  assert.deepEqual([json.ready, fault?.check, others], [false, 'log', []]);
  assert.match(fault?.detail ?? '', /^Leaf 1 of the log is not what was written/);
  const checkpoint = await get(platform, '/log/checkpoint');
  assert.deepEqual([checkpoint.status, checkpoint.text.includes('—')], [503, false]);
  assert.equal((await partner(platform, 'GET', `${id}/vault/certificate`)).status, 503);
  assert.deepEqual(platform.reported.map((error) => (error as Error).name).filter((name) => name === 'LogChanged').length > 0, true);
  // What people do goes on, and on record.
  await create(platform);
});

test('a leaf that is changed while the platform runs is found when it is read, as a certificate reads it', async (t) => {
  const { dataDir, platform } = await started(t);
  t.after(() => platform.close());
  const id = await create(platform);
  await complete(platform, id);
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 200);
  meddle({ dataDir }, `update log_leaf set hash = zeroblob(32) where kind = 'vault.stored'`);
  assert.equal((await partner(platform, 'GET', `${id}/vault/certificate`)).status, 503);
  const { status, text } = await get(platform, '/readyz');
  assert.equal(status, 503);
  assert.match(text, /Leaf \d+ of the log is not what was written/);
});
