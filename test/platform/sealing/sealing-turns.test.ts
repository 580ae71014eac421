import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { patiently } from '../../../server/platform/jobs/patiently.ts';
import { startPlatform } from '../../start-platform.ts';
import { ada, embedToken, sendEnvelope, signAll, signerWith } from '../ceremony/ceremony-stage.ts';

test('what everybody has signed is sealed by turns: one account’s does not wait behind all of another’s', async (t) => {
  let tick = (): void => {};
  const platform = await startPlatform({ reached: () => tick() });
  t.after(() => platform.close());
  tick = () => {
    platform.clock.now += 1;
  };
  const other = { ...platform, keys: await platform.seed('Other Leasing') };
  for (const whose of [platform, platform, platform, platform, other]) {
    tick();
    const id = await sendEnvelope(whose);
    assert.equal((await signAll(signerWith(whose, await embedToken(whose, id, ada.email)))).status, 200);
  }
  await platform.runJobs();
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'), { readonly: true });
  const sealed = db
    .prepare("select a.name from envelopes e join accounts a on a.id = e.account_id where state = 'completed' order by e.updated_at")
    .all() as { name: string }[];
  const plan = db.prepare(
    "explain query plan select id from envelopes where account_id = 'a' and state = 'finishing' order by finished_at limit 9",
  );
  assert.match(JSON.stringify(plan.all()), /INDEX envelopes_finishing \(account_id=\?\)/);
  db.close();
  assert.equal(sealed.length, 5);
  assert.ok(sealed.findIndex(({ name }) => name === 'Other Leasing') <= 2, JSON.stringify(sealed));
  assert.deepEqual(platform.reported, []);
});

/** A job over items such as `A1`, of lane A; the order in which they begin, and how many at once. */
function watched(all: string[], options: { most?: number; onBegin?: (id: string) => void } = {}) {
  const begun: string[] = [];
  let atWork = 0;
  let most = 0;
  const job = patiently({
    name: 'watched',
    due: async () => all.filter((id) => !begun.includes(id)).map((id) => ({ id })),
    async work({ id }) {
      begun.push(id);
      options.onBegin?.(id);
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
    },
    lanes: { of: ({ id }) => id.slice(0, 1), most: options.most ?? 2 },
    elapsed: () => 0,
    report: (error) => assert.fail(String(error)),
  });
  return { job, begun, most: () => most };
}

test('of one lane work is done one after the other, of two lanes side by side', async () => {
  const one = watched(['A1', 'A2', 'A3']);
  await one.job.run();
  assert.deepEqual([one.begun, one.most()], [['A1', 'A2', 'A3'], 1]);
  const two = watched(['A1', 'A2', 'B1', 'C1', 'A3']);
  await two.job.run();
  assert.deepEqual([two.begun.slice(0, 2), two.begun.toSorted(), two.most()], [['A1', 'B1'], ['A1', 'A2', 'A3', 'B1', 'C1'], 2]);
});

test('what comes meanwhile is looked for each second, and does not wait behind all that was due before', async () => {
  const all = ['A1', 'A2', 'A3'];
  const { job, begun } = watched(all, {
    most: 1,
    onBegin(id) {
      if (id !== 'A1') return;
      all.splice(1, 0, 'B1');
      for (const end = performance.now() + 1_010; performance.now() < end; );
    },
  });
  await job.run();
  assert.deepEqual(begun, ['A1', 'B1', 'A2', 'A3']);
});
