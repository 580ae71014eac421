import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { mulberry32 } from '../journey/crash-kills.ts';
import { filesOn } from '../platform/vault/vault-stage.ts';
import { pdfOf } from '../platform/world/envelopes.ts';
import { eventually } from '../start-gateway.ts';
import { startPlatform } from '../start-platform.ts';
import { type Item, type Life, newItem, takeStep } from './vault-client.ts';
import { judgeBooks, namedFiles } from './vault-judge.ts';

interface Kills {
  readonly count: number;
  /** Decides the moments of the kills; what falls into them is the machine's. */
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Partners at once, each with one envelope on its way through the vault. */
const partners = 4;
/** A platform is killed after so many answers at the most, and so many milliseconds later: however busy the machine is, something is under way. */
const mostAnswers = 6;
const longestWait = 400;

/**
 * Kills platforms at random moments while papers are vaulted, released and acknowledged, all on one data directory; one sentence for each kill
 * that did harm. At the end every partner has repeated its calls until it was where it wanted.
 */
export async function vaultKills({ count, seed, say }: Kills): Promise<{ failures: string[] }> {
  say(`vault kills, seed ${seed}`);
  const random = mulberry32(seed);
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-vault-kills-'));
  const key = randomBytes(32);
  const crowd = partnersOf(await pdfOf('Lease of berth 7', 'Page 2'));
  const failures: string[] = [];
  const note = (kill: number, what: unknown) => failures.push(`seed ${seed}, kill ${kill}: ${what instanceof Error ? what.message : what}`);
  try {
    for (let kill = 1; kill <= count; kill++) {
      const { child, life } = await born(dataDir, key);
      crowd.meet(life);
      const enough = crowd.answers() + Math.floor(random() * mostAnswers);
      await eventually(async () => crowd.answers() >= enough || crowd.surprises.length > 0, 60_000);
      await after(random() * longestWait);
      crowd.meet(undefined);
      await kills(child);
      try {
        judgeBooks(dataDir, crowd.items);
      } catch (error) {
        note(kill, error);
      }
    }
    const { child, life } = await born(dataDir, key);
    crowd.meet(life);
    await crowd.lastOnes();
    crowd.meet(undefined);
    await kills(child);
    judgeBooks(dataDir, crowd.items);
    assert.ok(
      crowd.items.every(({ heard }) => heard === 'destroyed'),
      'a partner did not come to its end',
    );
    for (const what of crowd.surprises) note(count, what);
    const orphans = await swept(dataDir, key);
    say(
      `${count} kills, ${crowd.items.length} papers through the vault and out, ${crowd.cutOff()} calls cut off, ${orphans} orphans swept`,
    );
  } catch (error) {
    note(count, error);
  } finally {
    crowd.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  return { failures };
}

async function born(dataDir: string, key: Uint8Array): Promise<{ child: ChildProcess; life: Life }> {
  const child = fork(new URL('./vault-platform.child.ts', import.meta.url), [dataDir, Buffer.from(key).toString('hex')]);
  const early = once(child, 'exit').then(([code]) => assert.fail(`The platform ended at its start: ${code}`));
  early.catch(() => {});
  const [life] = (await Promise.race([once(child, 'message'), early])) as [Life];
  return { child, life };
}

async function kills(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** What crashes left behind is deleted once it is old, and nothing else is. */
async function swept(dataDir: string, key: Uint8Array): Promise<number> {
  const platform = await startPlatform({ dataDir, key, now: Date.now() + 2 * 3_600_000 });
  try {
    const before = filesOn(platform).length;
    await platform.runJobs();
    assert.deepEqual(platform.reported, []);
    assert.deepEqual(filesOn(platform).sort(), namedFiles(dataDir).sort());
    return before - filesOn(platform).length;
  } finally {
    await platform.close();
  }
}

/** Partners, each of whom takes one paper after the other through the vault, and repeats whatever was cut off. */
function partnersOf(pdf: Buffer) {
  const items: Item[] = [];
  const surprises: string[] = [];
  let life: Life | undefined;
  let cut = 0;
  let answers = 0;
  let leaving = false;
  let stopped = false;

  async function one(): Promise<void> {
    while (!leaving && !stopped) {
      const item = newItem(pdf);
      items.push(item);
      while (item.heard !== 'destroyed' && !stopped) {
        const present = life;
        if (!present) await after(5);
        else
          await takeStep(present, item).then(
            () => answers++,
            (error: unknown) => surprised(error, present),
          );
      }
    }
  }
  /** A dead platform gives no answer, and that is all that may go wrong. */
  function surprised(error: unknown, during: Life): void {
    if (error instanceof TypeError && (life !== during || error.message === 'fetch failed' || error.message === 'terminated')) cut++;
    else {
      surprises.push(String(error));
      stopped = true;
    }
  }
  const all = Promise.all(Array.from({ length: partners }, one));
  return {
    items,
    surprises,
    cutOff: () => cut,
    answers: () => answers,
    meet: (next: Life | undefined) => {
      life = next;
    },
    /** Lets nobody begin anew, and waits until all are done. */
    async lastOnes(): Promise<void> {
      leaving = true;
      await all;
    },
    stop: () => {
      stopped = true;
    },
  };
}
