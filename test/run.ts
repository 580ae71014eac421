import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhatIsMissing } from '../server/build.ts';

/** `npm test`: builds what is missing, then everything but the long runs, in node's own runner. `npm test -- WORD` takes only files with WORD in their path. */
const here = fileURLToPath(new URL('.', import.meta.url));
await buildWhatIsMissing((line) => process.stdout.write(`${line}\n`));
const wanted = process.argv.slice(2);
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .sort()
  .map((name) => join(here, name));
// As `npm start` runs: with the packed libraries and the compile cache.
const start = fileURLToPath(new URL('../server/node.js', import.meta.url));
const options = ['--import', start, '--test', '--test-concurrency=2', '--test-reporter=spec'];
const { status } = spawnSync(process.execPath, [...options, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
