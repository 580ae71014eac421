import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { buildWhatIsMissing } from '../../server/build.ts';
import { head, lineOf, pageWith } from './world/figures.ts';
import type { Row } from './world/harness.ts';

/**
 * `npm run bench [-- name …]`: every figure beside a yardstick that is measured in the same call. Never a test: a slow machine fails nothing.
 * A whole run writes docs/figures.md.
 */
const say = (line: string): void => console.log(line);
const figures: Record<string, () => Promise<Row[]>> = {
  signing: async () => (await import('./signing.ts')).signing(),
  heading: async () => (await import('./heading.ts')).heading(say),
  auditing: async () => (await import('./auditing.ts')).auditing(),
  serving: async () => (await import('./serving.ts')).serving(say),
  uploading: async () => (await import('./uploading.ts')).uploading(say),
  intake: async () => (await import('./intake.ts')).intake(say),
  starting: async () => (await import('./starting.ts')).starting(),
  listing: async () => (await import('./listing.ts')).listing(say),
  bytes: async () => (await import('./bytes.ts')).firstView(say),
  paper: async () => (await import('./paper.ts')).paper(),
  sealing: async () => (await import('./sealing.ts')).sealing(),
  mints: async () => (await import('./mints.ts')).mints(say),
  minting: async () => (await import('./minting.ts')).minting(say),
  parties: async () => (await import('./parties.ts')).parties(),
};

const wanted = process.argv.slice(2);
const rows: Row[] = [];
const machine = `${cpus()[0]?.model ?? 'an unnamed processor'}, ${availableParallelism()} cores, Node ${process.versions.node}`;
say(machine);
await buildWhatIsMissing(say);
for (const [name, measure] of Object.entries(figures)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  try {
    for (const row of await measure()) {
      rows.push(row);
      say(
        `${row.what}: ${row.ours}; ${row.yardstick}: ${row.theirs}; ratio ${row.ratio} (${row.spread}), target ${row.target}: ${row.verdict}`,
      );
    }
  } catch (error) {
    say(`${name} could not be measured: ${error instanceof Error ? error.stack : error}`);
  }
}

say(`\n${head}${rows.map(lineOf).join('')}`);
if (wanted.length === 0) {
  const page = new URL('../../docs/figures.md', import.meta.url);
  writeFileSync(page, pageWith(readFileSync(page, 'utf8'), rows, machine));
}
process.exit(0);
