import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type LimitedChild, startLimitedChild } from '../../../server/platform/documents/intake/limited-child.ts';
import { keepSpares } from '../../../server/platform/documents/intake/spares.ts';
import { onePage, pdf } from '../../fixtures/pdf/build.ts';
import { eventually } from '../../start-gateway.ts';

const limits = { heapMb: 384, memoryMb: 768, timeMs: 20_000 };
const question = {
  kind: 'take-in',
  signed: 'refused',
  fields: 'become',
  upload: pdf(onePage('Pay 100')),
  maxPages: 1,
  maxBytes: 1_000_000,
} as const;

/** Two spares, and every child that was started for them. */
function spares() {
  const started: LimitedChild[] = [];
  const kept = keepSpares(2, () => {
    const child = startLimitedChild(limits);
    started.push(child);
    return child;
  });
  return { kept, started };
}

test('from the first question on two children wait ready, and each that is taken is replaced', async () => {
  const { kept, started } = spares();
  assert.equal(started.length, 0, 'nothing is started before it is needed');
  const first = kept.take();
  await eventually(async () => started.length === 3 && (await started[2]?.ready) === true);
  const second = kept.take();
  assert.equal(second, started[1]);
  assert.deepEqual([started.length, await started[3]?.ready], [4, true]);
  assert.equal((await second.ask(question)).kind, 'taken-in');
  first.kill();
  await kept.close();
  await Promise.all(started.map(({ gone }) => gone));
  assert.equal(started.length, 4);
});

test('a spare that dies is replaced, and nobody is given the dead one', async (t) => {
  const { kept, started } = spares();
  t.after(() => kept.close());
  kept.take().kill();
  await eventually(async () => started.length === 3 && (await started[2]?.ready) === true);
  started[1]?.kill();
  await started[1]?.gone;
  await eventually(async () => started.length === 4 && (await started[3]?.ready) === true);
  assert.equal(kept.take(), started[2]);
  started[2]?.kill();
});

test('a child that cannot start is tried again only for the next question', async (t) => {
  let started = 0;
  const kept = keepSpares(2, () => {
    started += 1;
    return startLimitedChild(limits, ['--no-such-option']);
  });
  t.after(() => kept.close());
  const ended = await kept.take().ask(question);
  assert.ok(ended.kind === 'ended' && ended.why === 'failed', JSON.stringify(ended));
  assert.equal(started, 2);
});

test('a child that lives but cannot be asked, or not answer any more, is ended at once', async () => {
  const deaf = "process.send({ kind: 'ready' }, () => process.disconnect()); setInterval(() => {}, 1_000)";
  const child = startLimitedChild(limits, ['--eval', deaf]);
  assert.equal(await child.ready, true);
  const ended = await child.ask(question);
  assert.ok(ended.kind === 'ended' && ended.why !== 'time', JSON.stringify(ended));
  await child.gone;
});

test('a child that died before it was asked says nothing of the file', async () => {
  const child = startLimitedChild(limits);
  assert.equal(await child.ready, true);
  child.kill();
  await child.gone;
  const ended = await child.ask(question);
  assert.ok(ended.kind === 'ended' && ended.why === 'failed', JSON.stringify(ended));
});

test('a spare does not keep the server from ending', () => {
  const script = `
    import { startLimitedChild } from './server/platform/documents/intake/limited-child.ts';
    const child = startLimitedChild(${JSON.stringify(limits)});
    await child.ready.then((ready) => console.log(ready));
  `;
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, timeout: 60_000 });
  assert.deepEqual([String(stdout).trim(), status], ['', 13], 'unsettled: nothing was left to wait for');
});
