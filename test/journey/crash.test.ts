import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Provisioner } from '../../shared/onboarding/flow.ts';
import { passFor } from '../gateway/world/gateway-child.ts';
import { eventually } from '../start-gateway.ts';
import { call } from '../start-platform.ts';
import { assertHead, assertKeys, openedFor, teamOf } from './crash-books.ts';
import type { Death } from './crash-gateway.ts';
import { randomKills } from './crash-kills.ts';
import { answersOf, emailOf, openWorld, type World } from './crash-world.ts';

/** Submits a customer's details to a gateway that dies at that point, and starts it again. */
async function killedAt(world: World, die: Death): Promise<void> {
  const { gone } = await world.start(die);
  const visitor = await world.enter('c-1');
  // The answer may be cut off by the death; a refusal would mean that nothing dies.
  const answer = await visitor.submit(answersOf('c-1')).catch(() => undefined);
  assert.equal(answer?.status ?? 200, 200);
  assert.equal(await gone, 'SIGKILL');
  await world.start();
}

const runOf = async (world: World, external_id = 'c-1') => (await world.runs()).find((run) => run.external_id === external_id);
const reaches = (world: World, status: string, external_id = 'c-1') =>
  eventually(async () => {
    const run = await runOf(world, external_id);
    return run?.status === status && run;
  });
const stateOf = (run: Awaited<ReturnType<typeof runOf>>, vendor: Provisioner) =>
  run?.accounts.find((each) => each.vendor === vendor)?.state;
const opened = (world: World, external_id = 'c-1') => openedFor(world).get(emailOf(external_id));

/** Runs `work` in a world of its own and leaves no trace of it. */
const within = (work: (world: World) => Promise<void>) => async () => {
  const world = await openWorld();
  try {
    await work(world);
    await assertHead(world);
    assert.deepEqual(world.platform.reported, []);
  } finally {
    await world.close();
  }
};

const ticks = 600_000;

/** Ten minutes pass, and the worker has been at work: another customer gets through. */
async function letTimePass(world: World): Promise<void> {
  await passFor(world.life.child, ticks);
  const other = await world.enter('c-2', ticks);
  assert.equal((await other.submit(answersOf('c-2'))).status, 200);
  await reaches(world, 'waiting_billing', 'c-2');
}

describe('a gateway killed while it opens accounts', { concurrency: 3, timeout: 300_000 }, () => {
  for (const point of ['before-call', 'after-call', 'after-commit'] as const)
    test(
      `at Kelviq, ${point}: goes on by itself, with one organization`,
      within(async (world) => {
        await killedAt(world, { point, vendor: 'kelviq' });
        await reaches(world, 'waiting_billing');
        assert.deepEqual(opened(world), { teams: 1, kelviq: 1 });
        assert.equal(assertKeys(world), 2);
      }),
    );

  test(
    'at Scribeless, after-commit: goes on by itself, with one team',
    within(async (world) => {
      await killedAt(world, { point: 'after-commit', vendor: 'scribeless' });
      await reaches(world, 'waiting_billing');
      assert.deepEqual(opened(world), { teams: 1, kelviq: 1 });
      assert.equal(assertKeys(world), 2);
    }),
  );

  for (const [point, teams] of [
    ['before-call', 0],
    ['after-call', 1],
  ] as const) {
    /** Killed, the account is unknown, and no time makes it otherwise. */
    const unknown = async (world: World): Promise<string> => {
      await killedAt(world, { point, vendor: 'scribeless' });
      const run = await reaches(world, 'unknown');
      assert.equal(stateOf(run, 'scribeless'), 'unknown');
      assert.equal(stateOf(run, 'kelviq'), 'ready');
      assert.deepEqual(opened(world), { teams, kelviq: 1 });
      return run.run_id;
    };

    test(
      `at Scribeless, ${point}: says that it does not know, asks nothing by itself, and opens one team more when told to`,
      within(async (world) => {
        const id = await unknown(world);
        const before = await runOf(world);
        await letTimePass(world);
        assert.deepEqual(await runOf(world), before);
        assert.deepEqual(opened(world), { teams, kelviq: 1 });
        assert.equal((await world.decide(id, 'retry')).status, 200);
        await reaches(world, 'waiting_billing');
        assert.deepEqual(opened(world), { teams: teams + 1, kelviq: 1 });
        assert.equal(assertKeys(world), 4);
        assert.equal((await world.decide(id, 'retry')).status, 409);
      }),
    );

    test(
      `at Scribeless, ${point}: takes over the team that the partner found or made`,
      within(async (world) => {
        const id = await unknown(world);
        const found = teams === 1 ? { team_id: teamOf(world, emailOf('c-1')) } : await makeTeam(world);
        const adopted = await world.decide(id, 'adopt', found);
        assert.equal(adopted.status, 200, await adopted.text());
        // Without a key nobody can ask how far the team is: it is taken as it is.
        await reaches(world, teams === 1 ? 'done' : 'waiting_billing');
        assert.deepEqual(opened(world), { teams: 1, kelviq: 1 });
      }),
    );
  }
});

/** The partner opens the team itself, with its own key at the vendor. */
async function makeTeam({ platform }: World): Promise<{ team_id: string; api_key: string }> {
  const owner = { email: emailOf('c-1'), firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin' };
  const { json } = await call(platform, 'POST', '/api/partner/teams', { 'x-api-key': platform.keys.scribeless }, owner);
  const { teamId, apiKey } = json as { teamId: string; apiKey: { key: string } };
  return { team_id: teamId, api_key: apiKey.key };
}

test('killed at random moments, nothing is opened twice, nothing acknowledged is lost, and everybody gets through', async (t) => {
  const { failures } = await randomKills({ count: 2, seed: Math.floor(Math.random() * 2 ** 32), say: (line) => t.diagnostic(line) });
  assert.deepEqual(failures, []);
});
