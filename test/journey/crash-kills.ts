import assert from 'node:assert/strict';
import { setTimeout as after } from 'node:timers/promises';
import { eventually } from '../start-gateway.ts';
import { accountsIn, assertHead, assertKeys, openedFor, soundLog } from './crash-books.ts';
import { slowLine } from './crash-line.ts';
import { answersOf, emailOf, openWorld, type World } from './crash-world.ts';

interface Kills {
  readonly count: number;
  /** Decides the moments of the kills and the delays of the line; what falls into them is the machine's. */
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Kills gateways at random moments while customers come in, in worlds of at most twenty kills; one sentence for each kill that did harm. */
export async function randomKills({ count, seed, say }: Kills): Promise<{ failures: string[] }> {
  say(`seed ${seed}`);
  const failures: string[] = [];
  for (let done = 0; done < count; done += 20)
    failures.push(...(await oneWorld({ count: Math.min(20, count - done), seed: seed + done, say })));
  return { failures };
}

async function oneWorld({ count, seed, say }: Kills): Promise<string[]> {
  const random = mulberry32(seed);
  let line: Awaited<ReturnType<typeof slowLine>> | undefined;
  const world = await openWorld(async (platform) => {
    line = await slowLine(platform, random, 30);
    return line;
  });
  const crowd = customersOf(world);
  const failures: string[] = [];
  const note = (kill: number, what: unknown) => failures.push(`seed ${seed}, kill ${kill}: ${what instanceof Error ? what.message : what}`);
  let leaves: Buffer[] = [];
  let interrupted = 0;
  try {
    for (let kill = 1; kill <= count; kill++) {
      if (kill > 1 && random() < 0.2) await world.startAndKill(random() * 600);
      else {
        const { child, gone } = await world.start();
        await after(random() * 1_600);
        child.kill('SIGKILL');
        await gone;
      }
      try {
        leaves = soundLog(world, leaves);
        assertOnce(world, new Map());
        interrupted += accountsIn(world, 'asking');
      } catch (error) {
        note(kill, error);
      }
    }
    await eventually(async () => line?.quiet());
    await world.start();
    const retried = await settle(world, crowd);
    assertOnce(world, retried);
    const keys = assertKeys(world);
    await assertHead(world);
    assert.deepEqual(world.platform.reported, []);
    say(`${count} kills, ${crowd.begun()} customers, ${keys} accounts, ${interrupted} calls cut off, ${retried.size} unknown and retried`);
  } catch (error) {
    note(count, error);
  } finally {
    crowd.stop();
    await world.close();
  }
  return failures;
}

/** At most one organization at Kelviq, and one team at Scribeless for each time that somebody said so. */
function assertOnce(world: World, retried: ReadonlyMap<string, number>): void {
  for (const [email, { teams, kelviq }] of openedFor(world)) {
    assert.ok(kelviq <= 1, `${email} has ${kelviq} organizations at Kelviq`);
    assert.ok(teams <= 1 + (retried.get(email) ?? 0), `${email} has ${teams} teams at Scribeless`);
  }
}

/** Customers, ten at a time, each of whom tries again until the details are taken. */
function customersOf(world: World) {
  let last = 0;
  let stopped = false;
  let leaving = false;
  const acknowledged = new Set<string>();

  async function submit(id: string): Promise<void> {
    const visitor = await world.enter(id);
    if ((await visitor.run()).details.editable) {
      const answer = await visitor.submit(answersOf(id));
      assert.equal(answer.status, 200, `${id}: ${await answer.text()}`);
    }
    acknowledged.add(id);
  }
  const isProvisioned = async (id: string) => {
    const visitor = await world.enter(id);
    return eventually(async () => stopped || !['new', 'in_progress'].includes((await visitor.run()).status));
  };

  async function queue(): Promise<void> {
    while (!leaving && !stopped) {
      const id = `c-${++last}`;
      // A dead gateway gives no answer: whatever was cut off is tried again when it is back.
      while (
        !stopped &&
        !(await submit(id)
          .then(() => true)
          .catch(() => after(20, false)))
      );
      await isProvisioned(id).catch(() => undefined);
    }
  }
  const queues = Promise.all(Array.from({ length: 10 }, queue));
  return {
    acknowledged,
    begun: () => last,
    /** Lets nobody new in, and waits until all have submitted. */
    async lastOnes(): Promise<void> {
      leaving = true;
      await queues;
    },
    stop: () => {
      stopped = true;
    },
  };
}

/** Lets everything come to its end; what is unknown stays so until it is retried. Returns how often each owner's account was. */
async function settle(world: World, crowd: ReturnType<typeof customersOf>): Promise<Map<string, number>> {
  await crowd.lastOnes();
  const ended = () =>
    eventually(async () => {
      const runs = await world.runs();
      return runs.every(({ status }) => ['waiting_billing', 'unknown', 'done'].includes(status)) && runs;
    }, 60_000);
  const before = await ended();
  for (const id of crowd.acknowledged)
    assert.ok(
      before.some((run) => run.external_id === id),
      `the details of ${id} were taken, and there is no run`,
    );
  assertOnce(world, new Map());
  const unclear = before.filter(({ status }) => status === 'unknown');
  for (const { run_id } of unclear) assert.equal((await world.decide(run_id, 'retry')).status, 200);
  const after = await ended();
  assert.deepEqual(
    after.filter(({ status }) => status !== 'waiting_billing'),
    [],
  );
  for (const { external_id } of after) assert.equal(openedFor(world).get(emailOf(external_id))?.kelviq, 1);
  return new Map(unclear.map(({ external_id }) => [emailOf(external_id), 1]));
}

/** A small generator of even numbers in [0, 1) from a seed (Tommy Ettinger's mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
