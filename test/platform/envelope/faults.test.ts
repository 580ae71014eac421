import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { cutPower, type Fault, faultsLibrary, faulty } from '../../journey/faults.ts';
import type { Life } from '../../soak/vault-client.ts';
import { type Item, newItem, takeStep } from '../../soak/vault-client.ts';
import { judgeBooks } from '../../soak/vault-judge.ts';
import { eventually } from '../../start-gateway.ts';
import { startPlatform } from '../../start-platform.ts';
import { create, dataOf, partner, pdfOf, rows, sign } from '../world/envelopes.ts';

/**
 * A paper goes into the vault and out of it, and an envelope is signed and sealed, while one write of the platform goes wrong: each in turn.
 * Whatever was acknowledged is kept, nothing is done twice, and nothing stays under way.
 */
const library = faultsLibrary();
const skip = typeof library === 'string' ? library : false;
/** Writes that a test run takes of each kind; FAULTS takes another number of them. */
const points = Number(process.env.FAULTS ?? 1);

interface Lived {
  readonly child: ChildProcess;
  readonly life: Life;
  readonly gone: Promise<unknown>;
}
async function begin(dataDir: string, key: Uint8Array, env: NodeJS.ProcessEnv = {}): Promise<Lived | undefined> {
  const args = [dataDir, Buffer.from(key).toString('hex')];
  const child = fork(new URL('./faulty.child.ts', import.meta.url), args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  child.stderr?.resume();
  const gone = once(child, 'exit');
  const said = await Promise.race([once(child, 'message'), gone.then(() => undefined)]);
  return said && { child, life: said[0] as Life, gone };
}

/** Two customers' business, as far as its partner knows it to be. */
interface Business {
  readonly paper: Item;
  envelope: string;
  readonly signed: Set<string>;
  completed: boolean;
  /** Why the last step was not made. */
  trouble: string[];
}

/** One step further, or nothing where a call was cut off or failed; a refusal would be a fault of ours. */
async function goOn(life: Life, business: Business): Promise<void> {
  const steps = await Promise.allSettled([takeStep(life, business.paper), goOnSigning(life, business)]);
  business.trouble = steps.flatMap((step) => (step.status === 'rejected' ? [String(step.reason)] : []));
}

async function goOnSigning(life: Life, business: Business): Promise<void> {
  const platform = life as Parameters<typeof create>[0];
  business.envelope ||= await create(platform);
  const { status, signers } = dataOf(await partner(platform, 'GET', business.envelope));
  for (const { email, status: standing } of signers) {
    if (standing !== 'signed') await sign(platform, business.envelope, email);
    business.signed.add(email);
  }
  business.completed = status === 'completed';
}

const isOver = ({ paper, completed }: Business) => paper.heard === 'destroyed' && completed;

async function toTheEnd(life: Life, business: Business): Promise<void> {
  await eventually(async () => {
    await goOn(life, business);
    return isOver(business);
  }, 30_000).catch((error: Error) => assert.fail(`${error.message} ${JSON.stringify({ ...business, paper: business.paper.heard })}`));
}

const business = (pdf: Buffer): Business => ({ paper: newItem(pdf), envelope: '', signed: new Set(), completed: false, trouble: [] });

const ends = async ({ child, gone }: Lived): Promise<void> => {
  child.disconnect();
  await gone;
};

async function counted(pdf: Buffer): Promise<[number, number]> {
  const { file } = library as { file: string };
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-faulty-'));
  const key = randomBytes(32);
  await ends((await begin(dataDir, key)) as Lived);
  const writes: number[] = [];
  for (const works of [false, true]) {
    const { env, written } = faulty(file, dataDir);
    const lived = (await begin(dataDir, key, env)) as Lived;
    if (works) await toTheEnd(lived.life, business(pdf));
    await ends(lived);
    writes.push(written());
  }
  await rm(dataDir, { recursive: true, force: true });
  return writes as [number, number];
}

async function endsAt(kind: Fault, at: number, pdf: Buffer): Promise<void> {
  const { file } = library as { file: string };
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-faulty-'));
  const key = randomBytes(32);
  let lived: Lived | undefined;
  try {
    await ends((await begin(dataDir, key)) as Lived);
    const { env, makeRoom } = faulty(file, dataDir, { kind, at });
    const all = business(pdf);
    lived = await begin(dataDir, key, env);
    if (kind === 'eio' || kind === 'enospc') {
      for (let step = 0; lived && step < 4 && !isOver(all); step++) await goOn(lived.life, all);
      makeRoom();
    } else {
      const { life, child, gone } = lived as Lived;
      let alive = true;
      void gone.then(() => {
        alive = false;
      });
      // Where less is written than was when it was counted, the end comes with the end of the business.
      while (alive && !isOver(all)) await goOn(life, all);
      child.kill(kind === 'term' ? 'SIGTERM' : 'SIGKILL');
      await gone;
      if (kind === 'cut') await cutPower(dataDir);
      judge(dataDir, all);
      lived = undefined;
    }
    lived ??= await begin(dataDir, key);
    assert.ok(lived, 'it does not start again');
    await toTheEnd(lived.life, all);
    lived.child.kill('SIGKILL');
    await lived.gone;
    judge(dataDir, all);
    const completed = rows(
      { dataDir },
      "select id from envelope_events where envelope_id = ? and kind = 'envelope.completed'",
      all.envelope,
    );
    assert.equal(completed.length, 1, 'it was completed more than once');
    const again = await startPlatform({ dataDir, key });
    await again.runJobs();
    assert.deepEqual(again.reported, []);
    await again.close();
  } finally {
    lived?.child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** What the books of a platform say that is dead: nothing that somebody was told is missing. */
function judge(dataDir: string, { paper, envelope, signed, completed }: Business): void {
  const papers = rows<{ id: string }>({ dataDir }, 'select id from envelopes where id = ?', paper.id);
  assert.equal(papers.length, paper.id ? 1 : 0, 'the paper was told of and is gone');
  judgeBooks(dataDir, [paper]);
  if (!envelope) return;
  const [row] = rows<{ state: string }>({ dataDir }, 'select state from envelopes where id = ?', envelope);
  assert.ok(row, 'the envelope was told of and is gone');
  if (completed) assert.equal(row.state, 'completed');
  const kept = rows<{ n: number }>({ dataDir }, "select count(*) as n from signers where envelope_id = ? and state = 'signed'", envelope);
  assert.ok((kept[0]?.n ?? 0) >= signed.size, `${signed.size} had signed, and it says ${kept[0]?.n}`);
}

describe('one write of a platform goes wrong', { skip, concurrency: 2, timeout: 3_600_000 }, () => {
  let pdf: Buffer;
  let from = 0;
  let to = 0;
  before(async () => {
    if (skip) return;
    pdf = await pdfOf('Lease of berth 7', 'Page 2');
    [from, to] = await counted(pdf);
    assert.ok(to > from + points, `${from} writes of a start, ${to} with the business`);
  });
  for (const kind of ['eio', 'enospc', 'kill', 'term', 'cut'] as const)
    test(`${kind}: nothing that was told is lost, nothing is done twice, nothing stays under way`, async () => {
      const failures: string[] = [];
      for (let i = 0; i < points; i++) {
        const at = from + 1 + Math.floor(((i + 0.5) * (to - from)) / points);
        await endsAt(kind, at, pdf).catch((error: Error) => failures.push(`${kind} at write ${at}: ${error.stack}`));
      }
      assert.deepEqual(failures, []);
    });
});
