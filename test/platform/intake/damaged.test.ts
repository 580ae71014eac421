import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { createIntake } from '../../../server/platform/documents/intake/intake.ts';
import { type RefusalCode, sentenceOf } from '../../../server/platform/documents/pdf/refusals.ts';
import { Failure } from '../../../shared/problem.ts';
import { damaged } from '../../fixtures/pdf/damaged.ts';
import { tool } from '../../tools.ts';

/** 300 take some minutes: `npm run soak` sets DAMAGED. */
const count = Number(process.env.DAMAGED ?? 12);
/** Processor time for one file; by the clock a busy machine takes longer. */
const timeMs = 2_000;

interface Outcome {
  readonly name: string;
  readonly ms: number;
  readonly taken?: Uint8Array;
  readonly error?: unknown;
}

test(`${count} damaged files: each is taken in clean or refused with a sentence, in time, and the server goes on meanwhile`, async (context) => {
  const qpdf = tool(context, 'qpdf', 'qpdf');
  if (!qpdf) return;
  const files = damaged(count);
  const intake = createIntake({ timeMs });
  const outcomes: Outcome[] = [];
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  await Promise.all([takeAll(), takeAll()]);
  delay.disable();
  await intake.close();

  async function takeAll(): Promise<void> {
    for (let next = files.shift(); next; next = files.shift()) {
      const { name, file } = next;
      const start = performance.now();
      const end = await intake.takeIn(file).then(
        ({ bytes }) => ({ taken: bytes }),
        (error: unknown) => ({ error }),
      );
      outcomes.push({ name, ms: performance.now() - start, ...end });
    }
  }

  const folder = mkdtempSync(join(tmpdir(), 'damaged-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const reasons = new Map<string, number>();
  for (const { name, ms, taken, error } of outcomes) {
    // Beside the file's own time: starting a child, on a busy machine.
    assert.ok(ms < 3 * timeMs + 20_000, `${name} took ${ms} ms`);
    if (taken) {
      const path = join(folder, 'taken.pdf');
      writeFileSync(path, taken);
      assert.match(qpdf('--check', path), /No syntax or stream encoding errors/, name);
    } else {
      assert.ok(error instanceof Failure && error.code === 'document-refused', `${name}: ${error}`);
      const { code, params } = error.errors?.[0] ?? {};
      assert.equal(
        error.detail,
        sentenceOf(code as RefusalCode, params?.found as string | undefined, params?.page as number | undefined),
        name,
      );
    }
    const reason = error instanceof Failure ? (error.errors?.[0]?.code ?? '') : 'taken in';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  assert.equal(outcomes.length, count);
  const [p99, worst] = [delay.percentile(99), delay.max].map((nanoseconds) => nanoseconds / 1e6);
  const slowest = outcomes.reduce((slow, one) => (one.ms > slow.ms ? one : slow));
  context.diagnostic(`${[...reasons].map(([reason, times]) => `${reason} ${times}`).join(', ')}`);
  context.diagnostic(
    `event loop p99 ${p99?.toFixed(1)} ms, worst ${worst?.toFixed(1)} ms; slowest ${slowest.name} ${slowest.ms.toFixed(0)} ms`,
  );
  assert.ok((p99 ?? 0) < 500 && (worst ?? 0) < 5_000, `event loop p99 ${p99}, worst ${worst} ms`);
});
