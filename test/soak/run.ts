import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomKills } from '../journey/crash-kills.ts';
import { vaultKills } from './vault-kills.ts';

/**
 * `npm run soak -- axe`: every state at every width, in both themes, and people of five scripts who sign in both ways; with the tests' own closing lines.
 * `npm run soak -- --count N [--damaged N] [--generated N] [--vault N] [--faults N] [--seed S]`: the tests' own code in large counts: N kills (20 unless
 * told), so many damaged and generated PDFs (300 of each unless told), so many kills on the way into the vault and out of it (200 unless told),
 * and so many writes of each server that go wrong, of each kind (2 unless told). The last line says how many passed and failed.
 */
const options = {
  count: { type: 'string', default: '20' },
  damaged: { type: 'string', default: '300' },
  generated: { type: 'string', default: '300' },
  vault: { type: 'string', default: '200' },
  faults: { type: 'string', default: '2' },
  seed: { type: 'string' },
} as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
if (positionals.includes('axe')) {
  const looking = ['widget/', 'portal/', 'vault-page', 'journey/names'];
  const run = fileURLToPath(new URL('../run.ts', import.meta.url));
  const env = { ...process.env, LOOKS: 'all', NAMES: 'all' };
  process.exit(spawnSync(process.execPath, [run, ...looking], { stdio: 'inherit', env }).status ?? 1);
}
const [count, files, vault] = [Number(values.count), Number(values.damaged), Number(values.vault)];
const [generated, faults] = [Number(values.generated), Number(values.faults)];
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
if (
  ![count, files, generated, vault, faults, seed].every(Number.isInteger) ||
  count < 1 ||
  files < 0 ||
  generated < 0 ||
  vault < 0 ||
  faults < 0
) {
  console.error('--count must be a whole number above 0, --damaged, --generated and --vault ones from 0, and --seed a whole number.');
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

/** A test file in a large count; without any where none is wanted. */
function passes(name: string, times: number, env: Record<string, string>): boolean {
  const file = fileURLToPath(new URL(`../${name}.test.ts`, import.meta.url));
  return times === 0 || spawnSync(process.execPath, ['--test', file], { stdio: 'inherit', env: { ...process.env, ...env } }).status === 0;
}
const survived = passes('platform/intake/damaged', files, { DAMAGED: String(files) });
const alike = passes('platform/intake/generated', generated, { GENERATED: String(generated), SEED: String(seed) });
const kept = ['journey/faults', 'platform/envelope/faults'].every((name) => passes(name, faults, { FAULTS: String(faults) }));
console.log(survived ? `${files} damaged PDFs: each taken in clean or refused with its sentence` : 'The damaged PDFs failed; see above.');
console.log(alike ? `${generated} generated PDFs: each read alike by three readers` : 'The generated PDFs failed; see above.');
console.log(
  kept
    ? `${faults} writes of each server, of each of five kinds, went wrong: nothing lost, twice or stuck`
    : 'Writes that went wrong did harm; see above.',
);
console.log(`${count + vault - failed} kills passed, ${failed} failed`);
process.exitCode = failed > 0 || !survived || !alike || !kept ? 1 : 0;
