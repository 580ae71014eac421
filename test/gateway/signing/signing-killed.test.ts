import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Death } from '../../journey/crash-gateway.ts';
import { answersOf, openWorld, type World } from '../../journey/crash-world.ts';
import { eventually } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { documentPath, pdfWith, sign } from '../world/agreement.ts';
import { answered } from '../world/answers.ts';
import { passFor } from '../world/gateway-child.ts';

/** Longer than a vendor is given to finish what it may be in the middle of. */
const ahead = 120_000;

/** Runs `work` in a world of its own whose partner has an agreement, and leaves no trace of it. */
const within = (work: (world: World) => Promise<void>) => async () => {
  const world = await openWorld();
  try {
    const { adminToken, child, gone } = await world.start();
    const headers = { authorization: `Bearer ${adminToken}` };
    const { items } = await answered<{ items: { id: string }[] }>(fetch(`${world.url}/api/v1/admin/partners/`, { headers }));
    const body = Buffer.from(await pdfWith('An agreement'));
    const put = { method: 'PUT', headers: { ...headers, 'content-type': 'application/pdf' }, body };
    await answered(fetch(world.url + documentPath(items[0]?.id ?? ''), put));
    child.kill('SIGKILL');
    await gone;
    await work(world);
    assert.deepEqual(world.platform.reported, []);
  } finally {
    await world.close();
  }
};

/** Starts again, and the customer is back. Where the vendor was never asked, nothing is found there, and only time tells that nothing comes. */
async function startAgain(world: World, point: Death['point']) {
  await world.start();
  if (point !== 'before-call') return world.enter('c-1');
  await passFor(world.life.child, ahead);
  return world.enter('c-1', ahead);
}

/** What the platform has of the run's envelopes. */
async function envelopesOf(world: World) {
  const { json } = await call(world.platform, 'GET', '/api/v2/partner/envelopes?limit=100', { 'x-api-key': world.platform.keys.loyva });
  return json.data as { envelope_id: string; external_id: string; status: string }[];
}

describe('a gateway killed while it has an agreement signed', { concurrency: 2, timeout: 300_000 }, () => {
  for (const point of ['before-call', 'after-call', 'after-commit'] as const) {
    test(
      `while it makes the envelope, ${point}: goes on by itself, with one envelope`,
      within(async (world) => {
        const death: Death = { point, vendor: 'envelope' };
        const { gone } = await world.start(death);
        const visitor = await world.enter('c-1');
        await visitor.submit(answersOf('c-1')).catch(() => undefined);
        assert.equal(await gone, 'SIGKILL');
        const back = await startAgain(world, point);
        const { run_id, sign: shown } = await eventually(async () => {
          const run = await back.run();
          return run.sign?.state === 'open' && run;
        });
        const made = await envelopesOf(world);
        assert.deepEqual(
          made.map(({ envelope_id, external_id }) => ({ envelope_id, external_id })),
          [{ envelope_id: shown?.envelope_id, external_id: run_id }],
        );
      }),
    );

    test(
      `while it has the envelope vaulted, ${point}: it is vaulted, and the run is done but for its accounts`,
      within(async (world) => {
        const { gone } = await world.start({ point, vendor: 'vault-in' });
        const visitor = await world.enter('c-1');
        await answered(visitor.submit(answersOf('c-1')));
        await eventually(async () => (await visitor.run()).sign?.state === 'open');
        await sign(visitor);
        await world.platform.runJobs();
        assert.equal(await gone, 'SIGKILL');
        const back = await startAgain(world, point);
        const { sign: shown } = await eventually(async () => {
          const run = await back.run();
          return run.sign?.vaulted_at ? run : undefined;
        });
        assert.equal(shown?.state, 'signed');
        assert.deepEqual(
          (await envelopesOf(world)).map(({ envelope_id, status }) => ({ envelope_id, status })),
          [{ envelope_id: shown?.envelope_id, status: 'vaulted' }],
        );
      }),
    );
  }
});
