import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packedIn } from './script.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Two may be at it at once, each for itself. */
const work = join(packedIn, `declarations-${process.pid}`);

/** A tag's own class names what it is drawn with; whoever installs the package has no Lit, and sees what `Tag` says. */
const written: Readonly<Record<string, string>> = {
  'widget/view-element': `import type { Tag } from './tag.ts';
declare const Base: { new (): HTMLElement & Tag; prototype: HTMLElement & Tag };
export declare abstract class ViewElement extends Base {}
`,
};

/**
 * The declarations of some modules (paths under the root, without `.ts`) and of all that they name, by path, as TypeScript writes them. They import
 * each other alone: a type that a zod schema gives is written out. Needs TypeScript, which only those who develop have installed.
 */
export async function declarationsOf(modules: readonly string[]): Promise<Map<string, string>> {
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await emit(modules.map((name) => join(root, `${name}.ts`)));
  const texts = new Map<string, string>();
  const asked = new Map<string, Set<string>>();
  const look = async (wanted: string[]): Promise<void> => {
    for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
      if (texts.has(name)) continue;
      texts.set(name, written[name] ?? (await emitted(name)));
      for (const { from, names } of namedIn(texts.get(name) ?? '', name))
        if (isWhole(from, names, await emitted(from))) wanted.push(from);
        else for (const each of names) asked.set(from, (asked.get(from) ?? new Set()).add(each));
    }
  };
  await look([...modules]);
  await writeOut(asked, texts);
  await rm(work, { recursive: true });
  return new Map([...texts].map(([name, text]) => [name, closed(name, text)]));
}

/** Of a contract only the types are asked for, and these are written out; anything else is taken as TypeScript declares it, comments and all. */
const isWhole = (from: string, names: readonly string[], text: string): boolean =>
  !from.startsWith('shared/') || names.some((name) => new RegExp(`^export declare \\w+ ${name}\\b(?!: z\\.)`, 'm').test(text));

interface Named {
  readonly from: string;
  /** Empty where the whole module is meant. */
  readonly names: readonly string[];
}

/** What a declaration file imports from other modules of ours. */
function namedIn(text: string, name: string): Named[] {
  const resolve = (path = '') => join(dirname(name), path.replace(/\.ts$/, ''));
  const statements = [...text.matchAll(/^(?:import|export) (?:type )?(?:\{([^}]*)\}|\*) from '(\.[^']+)'/gm)].map(
    ([, names = '', path]) => ({
      from: resolve(path),
      names: names.split(',').flatMap((each) => /^\s*(?:type )?(\w+)/.exec(each)?.[1] ?? []),
    }),
  );
  const inline = [...text.matchAll(/import\("(\.[^"]+)"\)\.(\w+)/g)].map(([, path, type = '']) => ({ from: resolve(path), names: [type] }));
  return [...statements, ...inline];
}

/** In place of each contract the types that are asked of it, member by member; what these name themselves is asked for next. */
async function writeOut(asked: Map<string, Set<string>>, texts: Map<string, string>): Promise<void> {
  const wanted = [...asked].flatMap(([from, names]) => [...names].map((name) => ({ from, name })));
  const lines = wanted.map(
    ({ from, name }, i) => `export const t${i} = written<import('${relative(work, join(root, from))}.ts').${name}>();`,
  );
  // What TypeScript infers it writes without the names of where it came from.
  const infer = 'declare function written<T>(): T extends infer U ? (U extends object ? { [K in keyof U]: U[K] } : U) : never;';
  await writeFile(join(work, 'written.ts'), [infer, ...lines].join('\n'));
  await emit([join(work, 'written.ts')]);
  const place = relative(root, join(work, 'written'));
  const [, ...types] = (await emitted(place)).split(/^export declare const t\d+: /m);
  const before = [...asked.values()].reduce((sum, { size }) => sum + size, 0);
  for (const [i, { from, name }] of wanted.entries()) {
    const type = types[i]?.replace(/import\("(\.[^"]+)\.ts"\)\.(\w+)/g, (_, path: string, other: string) => {
      const target = join(dirname(place), path);
      asked.set(target, (asked.get(target) ?? new Set()).add(other));
      return `import("${pathTo(from, target)}.ts").${other}`;
    });
    if (!type) throw new Error(`TypeScript did not write out ${name} of ${from}.`);
    texts.set(from, `${i > 0 && wanted[i - 1]?.from === from ? texts.get(from) : ''}export type ${name} = ${type.trimEnd()}\n`);
  }
  if ([...asked.values()].reduce((sum, { size }) => sum + size, 0) > before) await writeOut(asked, texts);
}

const pathTo = (from: string, target: string): string => {
  const path = relative(dirname(from), target);
  return path.startsWith('.') ? path : `./${path}`;
};

/** With paths that lead to the declarations as they are installed; Error where one names a package. */
function closed(name: string, text: string): string {
  const [stray] = /(?:from |import\(?)["'](?!\.)[^"']+["']/.exec(text) ?? [];
  if (stray) throw new Error(`The declarations of ${name} would need a package: ${stray}`);
  const indented = text.replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4));
  return indented.replace(/((?:from |import\(?)["']\.[^"']+)\.ts(["'])/g, '$1.js$2');
}

const emitted = (name: string): Promise<string> => readFile(join(work, 'out', `${name}.d.ts`), 'utf8');

async function emit(files: readonly string[]): Promise<void> {
  const config = join(work, 'tsconfig.json');
  const compilerOptions = {
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: ['vite/client'],
    noEmit: false,
    // `npm run check` does.
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    noErrorTruncation: true,
    rootDir: root,
    outDir: join(work, 'out'),
  };
  await writeFile(config, JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files }));
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]).catch((error: unknown) => {
    throw new Error(`TypeScript wrote no declarations: ${(error as { stdout?: string }).stdout ?? ''}`, { cause: error });
  });
}
