import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startPlatform } from '../../start-platform.ts';

test('an account has one key for each vendor, each in that vendor’s form', async () => {
  const { keys, close } = await startPlatform();
  assert.match(keys.scribeless, /^slp_[0-9a-f]{32}$/);
  assert.match(keys.kelviq, /^kvqp_[0-9a-f]{32}$/);
  assert.match(keys.subscribr, /^sk_live_[0-9a-f]{32}$/);
  assert.match(keys.loyva, /^lk_[0-7][0-9a-f]{39}$/);
  const digits = keys.loyva.slice(3, 35);
  assert.equal(keys.loyva.slice(35), createHash('sha256').update(digits, 'ascii').digest('hex').slice(0, 8));
  await close();
});

test('seeding again with the kept keys changes nothing; a lost or foreign key is replaced, and the old one stops', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  assert.deepEqual(await platform.seed('Harbor Leasing', platform.keys), platform.keys);
  const others = await platform.seed('Another partner');
  const after = await platform.seed('Harbor Leasing', { ...platform.keys, kelviq: others.kelviq });
  assert.deepEqual({ ...after, kelviq: '' }, { ...platform.keys, kelviq: '' });
  assert.ok(![others.kelviq, platform.keys.kelviq].includes(after.kelviq));
  const ask = async (key: string) =>
    (await fetch(`${platform.url}/api/v1/partner/organizations/`, { headers: { 'X-Kelviq-Partner-Key': key } })).status;
  assert.deepEqual([await ask(platform.keys.kelviq), await ask(after.kelviq), await ask(others.kelviq)], [401, 200, 200]);
});

test('a database written under another key is refused in one sentence', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  await assert.rejects(startPlatform({ dataDir: platform.dataDir, key: randomBytes(32) }), /INLAY_PLATFORM_KEY is not the key/);
});
