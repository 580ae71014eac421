import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhatIsMissing } from '../server/build.ts';
import { chromePath } from './browser.ts';
import { isElementTest, runElements } from './elements/run.ts';
import { closing, hasFailed, runFiles, type Tallies } from './runner.ts';

/**
 * `npm test`: builds what is missing, then everything but the long runs, elements in pages and the rest in node's own runner, and at the end the
 * contract's table: every endpoint of every vendor's page, and where it is found. `npm test -- WORD` takes only files with WORD in their path; what
 * begins with two dashes goes on to each file's own process (`--test-name-pattern=…`, `--inspect-brk`).
 */
const here = fileURLToPath(new URL('.', import.meta.url));
await buildWhatIsMissing(print);
const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith('--'));
const wanted = given.filter((argument) => !argument.startsWith('--'));
const needsBrowser = (file: string) =>
  /^(widget|journey|portal)\b/.test(file) || readFileSync(join(here, file), 'utf8').includes("/browser.ts'");
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter(
    (name) => (name.endsWith('.test.ts') || isElementTest(name)) && (wanted.length === 0 || wanted.some((word) => name.includes(word))),
  )
  // A browser waits more than it works: its files come first, so that none is left for the end.
  .sort((one, other) => Number(needsBrowser(other)) - Number(needsBrowser(one)) || one.localeCompare(other));
if (files.length === 0) {
  print(`No test file has ${wanted.join(' or ')} in its path.`);
  process.exit(1);
}
const folder = mkdtempSync(join(roomInMemory() ?? tmpdir(), 'inlay-tests-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.env.INLAY_DATA_FOLDERS = folder;
const table = join(folder, 'contract.txt');
process.env.INLAY_CONTRACT_TABLE = table;
const began = performance.now();
// Of two files that begin at once on a new machine, one would start the browser that the other is still unpacking.
// What the package puts into the environment for itself (fonts, libraries) is for browsers alone: poppler would draw with these fonts.
const environment = { ...process.env };
await chromePath();
for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
Object.assign(process.env, environment);

// A debugger has one port: files wait for each other.
const concurrency = options.some((option) => option.startsWith('--inspect')) ? 1 : 3;
const tallies = await run(files, concurrency);
// A machine with three files at work may starve a browser, or a reader, until what waits for it gives up. But a race of ours shows in the same
// way: what passes alone fails nothing, and is printed, for somebody to look at.
const again = files.filter((file) => hasFailed(tallies[file]));
if (again.length > 0) {
  print('\nOnce more, each by itself, the files that failed:\n');
  const alone = await run(again, 1);
  print('\nWhat failed beside others:');
  for (const file of again) {
    const { failed } = alone[file] ?? {};
    for (const title of tallies[file]?.failed ?? [])
      print(`${failed && !failed.includes(title) ? 'passed' : 'failed'} alone: ${file} — ${title}`);
  }
  Object.assign(tallies, alone);
}
print(`\n${closing(tallies, performance.now() - began)}`);
if (existsSync(table)) print(`\n${readFileSync(table, 'utf8')}`);
process.exitCode = Object.values(tallies).some(hasFailed) ? 1 : 0;

/** Each file in its own runner; pages first, which are done soon. */
async function run(some: readonly string[], concurrency: number): Promise<Tallies> {
  const elements = await runElements(some.filter(isElementTest), { concurrency, options });
  const others = some.filter((file) => !isElementTest(file));
  return { ...elements, ...(others.length > 0 ? await runFiles(others, { concurrency, options }) : {}) };
}

/** Where servers keep their data in tests: each commit waits for the disk, nothing else in its process goes on meanwhile, and there are thousands. */
function roomInMemory(): string | undefined {
  const place = '/dev/shm';
  if (process.platform !== 'linux' || !existsSync(place)) return undefined;
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize > 2 ** 31 ? place : undefined;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
