import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhatIsMissing } from '../server/build.ts';
import { chromePath } from './browser.ts';

/**
 * `npm test`: builds what is missing, then everything but the long runs, in node's own runner, and at the end the contract's table:
 * every endpoint of every vendor's page, and where it is found. `npm test -- WORD` takes only files with WORD in their path.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
await buildWhatIsMissing((line) => process.stdout.write(`${line}\n`));
// A browser waits more than it works: its files come first, so that none is left for the end.
const isSlow = (name: string) => /^(widget|journey)/.test(name);
const wanted = process.argv.slice(2);
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .sort((one, other) => Number(isSlow(other)) - Number(isSlow(one)) || one.localeCompare(other))
  .map((name) => join(here, name));
// Without a file node's runner would take every one that it finds.
if (files.length === 0) {
  console.error(`No test file has ${wanted.join(' or ')} in its path.`);
  process.exit(1);
}
// As `npm start` runs: with the packed libraries and the compile cache.
const start = fileURLToPath(new URL('../server/node.js', import.meta.url));
const options = ['--import', start, '--test', '--test-concurrency=3', '--test-reporter=spec'];
const folder = mkdtempSync(join(tmpdir(), 'inlay-tests-'));
const table = join(folder, 'contract.txt');
const env = { ...process.env, INLAY_CONTRACT_TABLE: table };
// Of two files that begin at once on a new machine, one would start the browser that the other is still unpacking.
await chromePath();
const { status } = spawnSync(process.execPath, [...options, ...files], { stdio: 'inherit', env });
if (existsSync(table)) process.stdout.write(`\n${readFileSync(table, 'utf8')}\n`);
rmSync(folder, { recursive: true });
process.exit(status ?? 1);
