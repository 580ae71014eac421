// Loaded before anything else, and plain JavaScript: an older Node must get as far as this sentence.
import { existsSync } from 'node:fs';
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Inlay needs Node 22.18 or newer; this is ${process.versions.node}. Run it through npm ("npm start"), which brings its own.\n`,
  );
  process.exit(1);
}
module.enableCompileCache?.();

// Libraries of many files: finding each of these took a third of the start. server/build.ts puts each library into one file; without it, they load
// as they are.
const packed = {
  koa: 'koa',
  '@koa/router': 'koa-router',
  '@fastify/busboy': 'busboy',
  jose: 'jose',
  kysely: 'kysely',
  'kysely/migration': 'kysely',
  'zod/mini': 'zod',
  'zod/locales': 'zod',
  '@cantoo/pdf-lib': 'pdf-lib',
};
const here = new URL('.', import.meta.url).href;
const folder = new URL('../node_modules/.cache/inlay/', import.meta.url);
module.registerHooks?.({
  resolve(specifier, context, next) {
    // Our own code says exactly where each file is: Node need not search.
    if (specifier.endsWith('.ts') && specifier.startsWith('.') && context.parentURL?.startsWith(here))
      return { url: new URL(specifier, context.parentURL).href, format: 'module-typescript', shortCircuit: true };
    const file = Object.hasOwn(packed, specifier) ? new URL(`${packed[specifier]}.mjs`, folder) : undefined;
    return file && existsSync(file) ? { url: file.href, format: 'module', shortCircuit: true } : next(specifier, context);
  },
});
