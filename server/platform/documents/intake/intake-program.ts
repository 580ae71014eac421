import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** What the packed child is made of. A newer file among these means that it is stale. */
const sources = ['server/platform/documents', 'server/pack', 'shared', 'node_modules/.package-lock.json'];

/** Whether this Node, the one that npm brings, is one that the reader can be packed for: a snapshot is good for one edition of Node alone. */
export const isPackable: boolean = process.versions.node.split('.')[0] === '24';

/**
 * A child lives for a second: what V8 would compile better meanwhile costs more than it saves, until a large file makes it worth while. The
 * functions of qpdf's module are checked as they are compiled. What is new and soon forgotten gets half the room, which a large file would fill. Other versions of Node may not know the names.
 */
export const readerFlags: readonly string[] = isPackable
  ? ['--no-sparkplug', '--wasm-lazy-validation', '--wasm-tiering-budget=200000000', '--max-semi-space-size=16']
  : [];

/** A snapshot knows its Node, and the paths of the files that it reads later: another of them is another file. */
export function packedReader(folder = root): string {
  const place = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  return join(folder, `node_modules/.cache/inlay/intake-${process.version}-${process.arch}-${place}.blob`);
}

/**
 * The arguments that start a reading child: packed by server/pack/reader.ts (half the processor time), or from the sources where that is missing or
 * older than one of them, so that nobody runs rules of yesterday.
 */
export const intakeProgram = (folder = root): string[] =>
  isPackedIntakeFresh(folder) ? [...readerFlags, '--snapshot-blob', packedReader(folder)] : unpackedProgram(folder);

export const unpackedProgram = (folder = root): string[] => [
  ...readerFlags,
  '--import',
  join(folder, 'server/node.js'),
  join(folder, 'server/platform/documents/intake/intake.child.ts'),
];

export function isPackedIntakeFresh(folder = root): boolean {
  const packed = changedAt(packedReader(folder));
  return packed !== undefined && sources.every((source) => newestIn(join(folder, source)) < packed);
}

/** When the file was changed, in milliseconds. */
export const changedAt = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** When the newest of a file, or a folder and everything in it, was changed. */
export function newestIn(path: string): number {
  const at = statSync(path, { throwIfNoEntry: false });
  const names = at?.isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return Math.max(at?.mtimeMs ?? 0, ...names.map((name) => changedAt(join(path, name)) ?? 0));
}
