import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { declarationsOf } from './declarations.ts';
import { packageReadme } from './package-readme.ts';
import { packedIn } from './script.ts';
import { tarball } from './tar.ts';

/** What can be imported, and the module that it is made of. */
const entries = {
  '.': ['index', 'widget/index'],
  './client': ['client', 'widget/npm/client'],
  './server': ['server', 'shared/partner'],
} as const;

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Two may be at it at once, each for itself. */
const folder = join(packedIn, `npm-${process.pid}`);
const { version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string; license: string };

/**
 * Not `inlay`: in the public registry that is somebody else's, and whoever installs it by mistake must not find what they import. `private`: nobody
 * publishes it; it comes from a gateway.
 */
const manifest = {
  name: 'inlay-embed',
  version,
  description: 'Customer onboarding and signing inside a partner’s portal: the tag, the same without a face, and what a server needs',
  license,
  private: true,
  type: 'module',
  engines: { node: '>=20' },
  exports: {
    ...Object.fromEntries(
      Object.entries(entries).map(([path, [script, module]]) => [path, { types: `./types/${module}.d.ts`, default: `./${script}.js` }]),
    ),
    './package.json': './package.json',
  },
};

/** Whose work is packed along, by its package, and under which terms. */
async function licences(): Promise<string> {
  const texts = ['lit', 'zod'].map(async (name) => `${name}\n\n${await readFile(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`);
  return (await Promise.all(texts)).join('\n\n');
}

async function writeTexts(): Promise<void> {
  const texts = new Map([
    ['package.json', `${JSON.stringify(manifest, undefined, 2)}\n`],
    ['README.md', packageReadme(version)],
    ['LICENSE', await readFile(join(root, 'LICENSE'), 'utf8')],
    ['LICENSES-OF-OTHERS.txt', await licences()],
  ]);
  const declared = await declarationsOf(Object.values(entries).map(([, module]) => module));
  for (const [name, text] of declared) texts.set(`types/${name}.d.ts`, text);
  for (const [path, text] of texts) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function filesIn(place: string): Promise<Map<string, Buffer>> {
  const found = (await readdir(place, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  const paths = found.map(({ parentPath, name }) => relative(place, join(parentPath, name)).replaceAll(sep, '/'));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(place, path))] as const)));
}

try {
  await build({ root, mode: 'npm', logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
  await writeTexts();
  const archive = `${folder}.tgz`;
  await writeFile(archive, tarball(await filesIn(folder)));
  const done = join(root, 'dist/npm');
  await rm(done, { recursive: true, force: true });
  await rename(folder, done);
  await rename(archive, join(root, `dist/inlay-${version}.tgz`));
} finally {
  await rm(folder, { recursive: true, force: true });
}
