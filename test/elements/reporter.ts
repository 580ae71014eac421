import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestResultError, TestSession, TestSuiteResult } from '@web/test-runner';
import { emptyTally, type Tallies, type Tally } from '../runner.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Tells each file's tests when the file is done, in the manner of node's runner, and counts them; `named` when only some were to run. */
export function createReporter(print: (line: string) => void, named: boolean): { reporter: Reporter; tallies: Tallies } {
  const tallies: Tallies = {};
  const reporter: Reporter = {
    reportTestFileResults({ sessionsForTestFile, testFile }) {
      const file = relative(folder, testFile);
      for (const session of sessionsForTestFile) for (const line of told(session, file, tallies, named)) print(line);
    },
  };
  return { reporter, tallies };
}

function told({ testResults, errors, logs, request404s }: TestSession, file: string, tallies: Tallies, named: boolean): string[] {
  const tally = emptyTally();
  tallies[file] = tally;
  const lines = testResults ? toldOf(testResults, tally, named) : [];
  // What no test of the file can say: it did not load, or did not end.
  for (const { message, stack = '' } of errors) {
    tally.counts.fail += 1;
    tally.failed.push(message);
    lines.push(indented(whole({ message, stack })).replace(/^ /, '✖'));
  }
  if (tally.failed.length > 0)
    lines.push(
      ...logs.map((log) => indented(`logged: ${log.map(String).join(' ')}`)),
      ...request404s.map((path) => `  not found: ${path}`),
    );
  return lines;
}

function toldOf({ tests, suites }: TestSuiteResult, tally: Tally, named: boolean): string[] {
  // In a run by name the others are listed too: they neither passed nor failed.
  const ran = tests.filter(({ passed, error }) => passed || error || !named);
  const lines = ran.flatMap(({ name, passed, skipped, duration = 0, error }) => {
    tally.counts[skipped ? 'skipped' : passed ? 'pass' : 'fail'] += 1;
    const line = `${skipped ? '﹣' : passed ? '✔' : '✖'} ${name} (${duration}ms)`;
    if (passed || skipped) return [line];
    tally.failed.push(name);
    return [line, indented(whole(error))];
  });
  tally.counts.suites += suites.length;
  return [...lines, ...suites.flatMap((suite) => toldOf(suite, tally, named))];
}

/** Some browsers' stacks begin with the message. */
const whole = ({ message = '', stack = '' }: Partial<TestResultError> = {}): string =>
  (stack.includes(message) ? stack : `${message}\n${stack}`).trimEnd();

const indented = (text: string): string => text.replace(/^/gm, '  ');
