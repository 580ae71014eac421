import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { tool } from '../../tools.ts';
import { arbitraries, type Command, turns } from './vault-model-commands.ts';
import { judgeAll } from './vault-model-judge.ts';
import type { Model } from './vault-model-moves.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

/** `VAULT_RUNS=N` tries N sequences; the seed of one that fails is in fast-check's report. */
const numRuns = Number(process.env.VAULT_RUNS ?? 4);

/** Runs them on envelopes of their own, and looks at everything after each; where the model is at the end. */
async function tried(t: TestContext, sequence: Iterable<Command>): Promise<Model | undefined> {
  const pdftotext = tool(t, 'pdftotext', 'poppler-utils');
  if (!pdftotext) return undefined;
  const model: Model = { envelopes: [], links: [] };
  const real = { platform, pdftotext, after: (now: Model) => judgeAll(platform, now) };
  await fc.asyncModelRun(() => ({ model, real }), sequence);
  return model;
}

const way = `paper paper sign read vaultIn0 release0 acknowledge0 upload0 upload0 linkCopy0 wrongWayIn0 wrongWayIn2 upload1 void1 vaultIn1
  vaultIn0 vaultIn0 void0 link0 linkCopy0 read0 read1 damage0 read0 release0 vaultIn0 repair0 minutes read0 minutes read0 vaultIn2 damage2 repair2
  release0 link0 linkCopy0 read0 release0 releaseToAnother0 acknowledgeWrongly0 void0 days acknowledge0 read3 release0 read4 acknowledge0
  acknowledge0 acknowledgeWrongly0 link0 linkCopy0 read4 vaultIn0 upload0 jobs release2 acknowledge2 jobs void2`;

test('on the whole way there and back, with every wrong turn, there is one authoritative copy and one controller', async (t) => {
  const sequence = way.split(/\s+/).map((step) => {
    const [, name = '', i = '0'] = /^([a-zA-Z]+)(\d?)$/.exec(step) ?? [];
    const turn = turns[name];
    assert.ok(turn, step);
    return turn(Number(i));
  });
  const end = await tried(t, sequence);
  assert.deepEqual(end?.envelopes.map(({ state }) => state) ?? [], end ? ['destroyed', 'voided', 'destroyed'] : []);
});

test('whatever is done in whatever order, there is one authoritative copy, one controller, and no move but those of the table', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.commands(arbitraries, { maxCommands: 60, size: 'max' }), async (sequence) => void (await tried(t, sequence))),
    { numRuns, endOnFailure: true, plugins: [fc.unbiased()] },
  );
});
