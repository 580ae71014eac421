import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changedAt, isPackable, isPackedIntakeFresh, newestIn } from './platform/documents/intake/intake-program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const packedIn = join(root, 'node_modules/.cache/inlay');

/** Libraries of many files, each packed into one for a quicker start; server/node.js says which specifier leads to which. */
const libraries = {
  koa: "export { default } from 'koa';",
  'koa-router': "export { default, Router } from '@koa/router';",
  busboy: "export { Busboy } from '@fastify/busboy';",
  jose: "export * from 'jose';",
  kysely: "export * from 'kysely'; export * from 'kysely/migration';",
  zod: "export * from 'zod/mini'; export { en } from 'zod/locales';",
  'pdf-lib': "export * from '@cantoo/pdf-lib';",
} as const;

/** Builds the browser's script and the packed libraries when they are missing or older than what they are made of. What builds is loaded only then. */
export async function buildWhatIsMissing(say: (line: string) => void): Promise<void> {
  const built = changedAt(join(root, 'dist/inlay.js'));
  if (built === undefined || ['widget', 'shared', 'vite.config.ts'].some((source) => newestIn(join(root, source)) > built)) {
    say('Building the script for the browser …');
    const { build } = await import('vite');
    await build({ root, logLevel: 'warn' });
  }
  const installed = changedAt(join(root, 'node_modules/.package-lock.json')) ?? 0;
  for (const [name, entry] of Object.entries(libraries)) {
    if ((changedAt(join(packedIn, `${name}.mjs`)) ?? 0) <= installed) await packLibrary(name, entry);
  }
  if (isPackable && !isPackedIntakeFresh()) await (await import('./pack/reader.ts')).packReader();
}

async function packLibrary(name: string, entry: string): Promise<void> {
  const source = join(packedIn, `${name}.entry.js`);
  await mkdir(packedIn, { recursive: true });
  await writeFile(source, entry);
  const { builtins, pack } = await import('./pack/script.ts');
  await pack({ name: `${name}.mjs`, source, format: 'es', plugins: [builtins] });
}
