import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { intakeProgram } from '../../../server/platform/documents/intake/intake-program.ts';
import { startLimitedChild } from '../../../server/platform/documents/intake/limited-child.ts';
import { heavy } from '../../fixtures/pdf/heavy.ts';

/** What ends a child from outside; it is to stop by itself long before. Three times the time that a platform gives: other tests are at work, too. */
const limits = { heapMb: 384, memoryMb: 768, timeMs: 60_000 };
/** Reading stops at 448 MB; between two looks it may take some more. */
const mostMb = 500;

/** The largest resident set so far, in MB; zero where there is no /proc. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function read(upload: Uint8Array, program = intakeProgram()) {
  const child = startLimitedChild(limits, program);
  let peakMb = 0;
  const look = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid));
  }, 5);
  const options = { signed: 'refused', fields: 'become', maxPages: 500, maxBytes: 40_000_000 } as const;
  const answer = await child.ask({ kind: 'take-in', upload, ...options });
  clearInterval(look);
  return { answer, peakMb };
}

/** More than a reader should unfold. The others are only large: they are read, or refused for what they are. */
const tooMuch = [
  'many objects in object streams',
  'large arrays in object streams',
  'large arrays in object streams without the name',
  'forms that draw the next one twice',
];

for (const [name, make] of Object.entries(heavy))
  test(`${name}: ${tooMuch.includes(name) ? 'refused as too slow' : 'answered'}, long before the limits of the process`, async (context) => {
    const { answer, peakMb } = await read(make());
    const said = answer.kind === 'refused' ? `${answer.code} (${answer.found})` : answer.kind;
    if (tooMuch.includes(name)) assert.equal(said, 'too-slow (memory)');
    else assert.ok(answer.kind === 'taken-in' || (answer.kind === 'refused' && answer.code !== 'too-slow'), said);
    assert.ok(peakMb < mostMb, `${peakMb} MB`);
    context.diagnostic(`${said}, ${peakMb.toFixed(0)} MB`);
  });
