import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds the browser's script when it is missing or older than what it is made of. */
export async function buildWhatIsMissing(say: (line: string) => void): Promise<void> {
  const built = await changedAt(join(root, 'dist/inlay.js'));
  const sources = await Promise.all(['widget', 'shared'].map((folder) => newestIn(join(root, folder))));
  if (built !== undefined && Math.max(...sources, (await changedAt(join(root, 'vite.config.ts'))) ?? 0) <= built) return;
  say('Building the script for the browser …');
  const { build } = await import('vite');
  await build({ root, logLevel: 'warn' });
}

const changedAt = async (file: string): Promise<number | undefined> => (await stat(file).catch(() => undefined))?.mtimeMs;

async function newestIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const times = await Promise.all(names.map((name) => changedAt(join(folder, name))));
  return Math.max(0, ...times.map((time) => time ?? 0));
}
