import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

/** What one run of a test file came to: its tests by outcome, and the titles of those that failed. */
export interface Tally {
  readonly counts: Record<(typeof outcomes)[number], number>;
  readonly failed: string[];
}
/** By the file's path inside test/. */
export type Tallies = Record<string, Tally>;

const outcomes = ['suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const;
const cancels = ['cancelledByParent', 'testAborted', 'testTimeoutFailure'];
const here = fileURLToPath(new URL('.', import.meta.url));
// As `npm start` runs: with the packed libraries and the compile cache.
const start = fileURLToPath(new URL('../server/node.js', import.meta.url));

/**
 * Runs test files in node's own runner, so many at a time and begun in the order given (on its command line the runner would sort them), and
 * prints what it says but its closing lines: they count one run, and files may be run twice.
 */
export async function runFiles(
  files: readonly string[],
  { concurrency, options }: { concurrency: number; options: readonly string[] },
): Promise<Tallies> {
  const tallies: Tallies = {};
  const byName = options.some((option) => option.startsWith('--test-name-pattern'));
  const execArgv = ['--import', start, ...(byName ? ['--import', join(here, 'named.ts')] : []), ...options];
  const events: AsyncIterable<TestEvent> = run({ files: files.map((file) => join(here, file)), concurrency, execArgv });
  async function* shown() {
    for await (const event of events) {
      if (event.type === 'test:pass' || event.type === 'test:fail') count(tallies, event);
      // A closing line belongs to no file.
      if (event.type !== 'test:diagnostic' || event.data.file !== undefined) yield event;
    }
  }
  const report = Readable.from(shown()).pipe(spec());
  report.pipe(process.stdout, { end: false });
  await finished(report);
  return tallies;
}

function count(tallies: Tallies, { type, data }: Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>): void {
  // A stage may write tests for several files.
  const { entryFile = data.file ?? data.name } = data as { entryFile?: string };
  const file = relative(here, entryFile);
  tallies[file] ??= emptyTally();
  const { counts, failed } = tallies[file];
  if (data.details.type === 'suite') counts.suites += 1;
  else if (data.skip !== undefined) counts.skipped += 1;
  else if (data.todo !== undefined) counts.todo += 1;
  else if (type === 'test:pass') counts.pass += 1;
  else {
    const { failureType = '' } = data.details.error as { failureType?: string };
    counts[cancels.includes(failureType) ? 'cancelled' : 'fail'] += 1;
    failed.push(data.name);
  }
}

export const emptyTally = (): Tally => ({ counts: { suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 }, failed: [] });

export const hasFailed = (tally: Tally | undefined): boolean => (tally?.failed.length ?? 0) > 0;

/** The lines with which node's runner closes. */
export function closing(tallies: Tallies, milliseconds: number): string {
  const sum = (outcome: keyof Tally['counts']) => Object.values(tallies).reduce((total, { counts }) => total + counts[outcome], 0);
  const tests = outcomes.reduce((total, outcome) => total + (outcome === 'suites' ? 0 : sum(outcome)), 0);
  const lines = [`tests ${tests}`, ...outcomes.map((outcome) => `${outcome} ${sum(outcome)}`), `duration_ms ${milliseconds}`];
  return lines.map((line) => `ℹ ${line}`).join('\n');
}
