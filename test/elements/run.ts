import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { emptyTally, type Tallies, type Tally } from '../runner.ts';

/** What a run is told: files by their path inside test/, how many at a time, and the titles to take. */
export interface Order {
  readonly files: readonly string[];
  readonly concurrency: number;
  readonly pattern: string | undefined;
}

/** What it says: a line to print, and at its end what came of each file. */
export type Told = { readonly line: string } | { readonly tallies: Tallies };

/** Tests that run in a page: @web/test-runner opens each file in a page of one browser. */
export const isElementTest = (file: string): boolean => file.endsWith('.element.ts');

/**
 * Runs such files in a process of their own: the browser's package changes its environment, and the gateway that it starts is as `npm start` has it.
 * When the process ends without a word, each file has failed.
 */
export async function runElements(
  files: readonly string[],
  { concurrency, options }: { concurrency: number; options: readonly string[] },
): Promise<Tallies> {
  if (files.length === 0) return {};
  const start = fileURLToPath(new URL('../../server/node.js', import.meta.url));
  const child = fork(fileURLToPath(new URL('elements.child.ts', import.meta.url)), {
    execArgv: ['--import', start, '--disable-warning=ExperimentalWarning'],
    // There the runner moves a cursor about; what it has to say comes as messages.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const named = options.find((option) => option.startsWith('--test-name-pattern='));
  let tallies: Tallies | undefined;
  child.on('message', (told: Told) => {
    if ('line' in told) process.stdout.write(`${told.line}\n`);
    else tallies = told.tallies;
  });
  child.send({ files, concurrency, pattern: named?.slice(named.indexOf('=') + 1) } satisfies Order);
  await once(child, 'close');
  return tallies ?? Object.fromEntries(files.map((file) => [file, lost(file)]));
}

function lost(file: string): Tally {
  const tally = emptyTally();
  tally.counts.fail = 1;
  tally.failed.push(`${file} was not run to its end`);
  return tally;
}
