import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomKills } from '../journey/crash-kills.ts';
import { vaultKills } from './vault-kills.ts';

/**
 * `npm run soak -- --count N [--damaged N] [--vault N] [--seed S]`: the tests' own code in large counts: N kills (20 unless told), so many
 * damaged PDFs (300 unless told), and so many kills on the way into the vault and out of it (200 unless told). The last line says how many
 * passed and failed.
 */
const options = {
  count: { type: 'string', default: '20' },
  damaged: { type: 'string', default: '300' },
  vault: { type: 'string', default: '200' },
  seed: { type: 'string' },
} as const;
const { values } = parseArgs({ options });
const [count, files, vault] = [Number(values.count), Number(values.damaged), Number(values.vault)];
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
if (![count, files, vault, seed].every(Number.isInteger) || count < 1 || files < 0 || vault < 0) {
  console.error('--count must be a whole number above 0, --damaged and --vault ones from 0, and --seed a whole number.');
  process.exit(1);
}

const say = (line: string) => console.log(line);
const { failures } = await randomKills({ count, seed, say });
const { failures: spilled } = vault === 0 ? { failures: [] } : await vaultKills({ count: vault, seed, say });
for (const failure of [...failures, ...spilled]) console.log(failure);
/** Kills that did harm, each counted once. */
const harmful = (told: readonly string[], most: number) =>
  Math.min(most, new Set(told.map((failure) => failure.slice(0, failure.indexOf(':', failure.indexOf('kill'))))).size);
const failed = harmful(failures, count) + harmful(spilled, vault);

const file = fileURLToPath(new URL('../platform/damaged.test.ts', import.meta.url));
const env = { ...process.env, DAMAGED: String(files) };
const survived = files === 0 || spawnSync(process.execPath, ['--test', file], { stdio: 'inherit', env }).status === 0;
console.log(survived ? `${files} damaged PDFs: each taken in clean or refused with its sentence` : 'The damaged PDFs failed; see above.');
console.log(`${count + vault - failed} kills passed, ${failed} failed`);
process.exitCode = failed > 0 || !survived ? 1 : 0;
