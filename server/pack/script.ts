import { mkdir, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin, Rolldown } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where packed scripts lie; what npm installs anew begins without them. */
export const packedIn = join(root, 'node_modules/.cache/inlay');

export interface Packing {
  readonly name: string;
  readonly source: string;
  readonly format: 'es' | 'cjs';
  readonly minify?: boolean;
  readonly plugins?: Plugin[];
  readonly treeshake?: Rolldown.TreeshakingOptions;
  /** What becomes of the script before it is written. */
  readonly finish?: (code: string) => string;
}

/** Puts a module and everything it imports into one file for this Node. */
export async function pack({ name, source, format, minify = false, plugins = [], treeshake = {}, finish }: Packing): Promise<void> {
  const { build } = await import('vite');
  const built = (await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins,
    ssr: { noExternal: true },
    build: {
      ssr: source,
      write: false,
      minify,
      target: 'node22',
      rolldownOptions: { external: [/^node:/], treeshake, output: { format, entryFileNames: name, codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  const [script] = built.output;
  await mkdir(packedIn, { recursive: true });
  await writeFile(join(packedIn, name), finish ? finish(script.code) : script.code);
}

/** Node's own modules, asked for when a library uses them. An import would ask for every name that one has, and some of node:http's load the fetch that Node brings. */
export const builtins: Plugin = {
  name: 'builtins',
  enforce: 'pre',
  resolveId: (source) => (isBuiltin(source) ? `\0builtin ${source}` : undefined),
  load: (id) =>
    id.startsWith('\0builtin ')
      ? `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice('\0builtin '.length))});`
      : undefined,
};
