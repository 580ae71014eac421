import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What the packed child is made of. A newer file among these means that it is stale. */
const sources = ['server/platform/documents', 'shared', 'node_modules/.package-lock.json'];

/**
 * The arguments that start a reading child: packed by server/build.ts (half the processor time), or from the sources where that is missing or
 * older than one of them, so that nobody runs rules of yesterday.
 */
export const intakeProgram = (folder = root): string[] =>
  isPackedIntakeFresh(folder)
    ? [join(folder, 'server/platform/documents/intake.packed.cjs')]
    : ['--import', join(folder, 'server/node.js'), join(folder, 'server/platform/documents/intake.child.ts')];

/** V8 knows its cache by the length of the script alone: one that is older than the script may be of another. */
export function isPackedIntakeFresh(folder = root): boolean {
  const packed = changedAt(join(folder, 'node_modules/.cache/inlay/intake.cjs'));
  const cache = changedAt(join(folder, 'node_modules/.cache/inlay/intake.cjs.cache'));
  if (packed === undefined || cache === undefined || cache < packed) return false;
  return sources.every((source) => newestIn(join(folder, source)) < packed);
}

const changedAt = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

function newestIn(path: string): number {
  const at = statSync(path, { throwIfNoEntry: false });
  const names = at?.isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return Math.max(at?.mtimeMs ?? 0, ...names.map((name) => changedAt(join(path, name)) ?? 0));
}
