import { parseArgs } from 'node:util';
import { randomKills } from '../journey/crash-kills.ts';

/** `npm run soak -- --count N [--seed S]`: the tests' own code in large counts. The last line says how many passed and failed. */
const { values } = parseArgs({ options: { count: { type: 'string', default: '20' }, seed: { type: 'string' } } });
const count = Number(values.count);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('--count must be a whole number above 0, and --seed a whole number.');
  process.exit(1);
}

const { failures } = await randomKills({ count, seed, say: (line) => console.log(line) });
for (const failure of failures) console.log(failure);
const failed = Math.min(count, new Set(failures.map((failure) => failure.slice(0, failure.indexOf(':', failure.indexOf('kill'))))).size);
console.log(`${count - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
