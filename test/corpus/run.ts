import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWhatIsMissing } from '../../server/build.ts';
import { createIntake } from '../../server/platform/documents/intake/intake.ts';
import { Failure } from '../../shared/problem.ts';
import { type Described, describe } from './strangers.ts';
import { failures, type Judged, table } from './verdicts.ts';

/**
 * `npm run corpus -- FOLDER [--list FILE]`: takes in every PDF below a folder (FOLDER/PACKAGE/PATH) that is well formed, unsigned, unencrypted,
 * and without script and XFA; prints what was taken by producer, and fails under 97 % of all or under 80 % of a producer with five files or
 * more. `--list` writes name, hash, producer and verdict of each.
 */
const { values, positionals } = parseArgs({ options: { list: { type: 'string' } }, allowPositionals: true });
const [folder] = positionals;
if (folder === undefined) {
  console.error('npm run corpus -- FOLDER [--list FILE]');
  process.exit(2);
}
const say = (line: string): void => console.log(line);

/** What strangers say of a file does not change with Inlay: it is kept beside the files, by hash. */
const kept = join(folder, 'described.json');
const described: Record<string, Described> = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : {};

await buildWhatIsMissing(say);
const intake = createIntake();
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.pdf$/i.test(name))
  .sort();
const seen = new Set<string>();
const leftOut = new Map<string, number>();
const judged: Judged[] = [];

async function work(root: string): Promise<void> {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const path = join(root, name);
    const bytes = readFileSync(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const once = seen.has(sha256) ? { producer: '', leftOut: 'the same file twice' } : undefined;
    seen.add(sha256);
    const about = once ?? described[sha256] ?? (await describe(path, bytes.length));
    if (!once) described[sha256] = about;
    if (about.leftOut !== null) leftOut.set(about.leftOut, (leftOut.get(about.leftOut) ?? 0) + 1);
    else judged.push({ name, sha256, producer: about.producer, verdict: await verdictOn(bytes) });
    const done = judged.length;
    if (done % 100 === 0 && about.leftOut === null) say(`${done} judged, ${names.length} to go`);
  }
}

async function verdictOn(bytes: Uint8Array): Promise<string> {
  try {
    await intake.takeIn(bytes);
    return 'taken';
  } catch (error) {
    const [fault] = error instanceof Failure ? (error.errors ?? []) : [];
    return fault ? [fault.code, fault.params?.found].filter((word) => word !== undefined).join(' ') : `error ${error}`;
  }
}

await Promise.all([work(folder), work(folder)]);
await intake.close();
writeFileSync(kept, JSON.stringify(described));
judged.sort((one, other) => (one.name < other.name ? -1 : 1));
if (values.list !== undefined)
  writeFileSync(
    values.list,
    judged.map(({ name, ...rest }) => `${[name, rest.sha256, rest.producer, rest.verdict].join('\t')}\n`).join(''),
  );

for (const { name, verdict } of judged) if (verdict !== 'taken') say(`${verdict}\t${name}`);
for (const [reason, count] of leftOut) say(`left out, ${reason}: ${count}`);
say(table(judged));
const faults = failures(judged);
for (const fault of faults) say(fault);
process.exit(faults.length > 0 ? 1 : 0);
