import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isPackedIntakeFresh } from './platform/documents/intake-program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/inlay');

/** Libraries of hundreds of files, each packed into one for a quicker start; server/node.js says which specifier leads to which. */
const libraries = {
  kysely: "export * from 'kysely'; export * from 'kysely/migration';",
  zod: "export * from 'zod/mini'; export { en } from 'zod/locales';",
  'pdf-lib': "export * from '@cantoo/pdf-lib';",
} as const;

/** Builds the browser's script and the packed libraries when they are missing or older than what they are made of. */
export async function buildWhatIsMissing(say: (line: string) => void): Promise<void> {
  const built = await changedAt(join(root, 'dist/inlay.js'));
  const sources = await Promise.all(['widget', 'shared'].map((folder) => newestIn(join(root, folder))));
  if (built === undefined || Math.max(...sources, (await changedAt(join(root, 'vite.config.ts'))) ?? 0) > built) {
    say('Building the script for the browser …');
    const { build } = await import('vite');
    await build({ root, logLevel: 'warn' });
  }
  const installed = (await changedAt(join(root, 'node_modules/.package-lock.json'))) ?? 0;
  for (const [name, entry] of Object.entries(libraries)) {
    if (((await changedAt(join(cache, `${name}.mjs`))) ?? 0) <= installed) await pack(name, entry);
  }
  if (!isPackedIntakeFresh()) await packIntake();
}

/** The child that reads uploads, libraries and all, as one script, and what V8 compiled of it while it read a file. */
async function packIntake(): Promise<void> {
  await rm(join(cache, 'intake.cjs.cache'), { force: true });
  await packed('intake.cjs', join(root, 'server/platform/documents/intake.child.ts'), 'cjs');
  const warm = join(root, 'server/platform/documents/intake.warm.ts');
  await promisify(execFile)(process.execPath, ['--import', join(root, 'server/node.js'), warm]);
}

async function pack(name: string, entry: string): Promise<void> {
  const source = join(cache, `${name}.entry.js`);
  await mkdir(cache, { recursive: true });
  await writeFile(source, entry);
  await packed(`${name}.mjs`, source, 'es');
}

async function packed(name: string, source: string, format: 'es' | 'cjs'): Promise<void> {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: source,
      outDir: cache,
      emptyOutDir: false,
      minify: false,
      target: 'node22',
      rolldownOptions: { external: [/^node:/], output: { format, entryFileNames: name, codeSplitting: false } },
    },
  });
}

const changedAt = async (file: string): Promise<number | undefined> => (await stat(file).catch(() => undefined))?.mtimeMs;

async function newestIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const times = await Promise.all(names.map((name) => changedAt(join(folder, name))));
  return Math.max(0, ...times.map((time) => time ?? 0));
}
