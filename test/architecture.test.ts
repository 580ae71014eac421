import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Which room may import which; a room is the longest prefix that fits. The README's map says what each is for. */
const rooms: Record<string, readonly string[]> = {
  'shared/': ['shared/'],
  'widget/': ['widget/', 'shared/'],
  'server/http/': ['server/http/', 'shared/'],
  'server/storage/': ['server/storage/', 'shared/'],
  'server/outbound/': ['server/outbound/', 'shared/'],
  'server/evidence/': ['server/evidence/', 'shared/'],
  'server/jobs.ts': [],
  'server/npm-gone.ts': [],
  'server/log.ts': ['shared/'],
  'server/npm-package.ts': ['server/http/answer/static.ts', 'server/platform/documents/intake/intake-program.ts'],
  'server/config.ts': ['shared/'],
  'server/pack/': ['server/pack/', 'server/platform/documents/intake/intake-program.ts'],
  'server/build.ts': ['server/pack/', 'server/platform/documents/intake/intake-program.ts'],
  ...part('gateway'),
  ...part('platform'),
  'server/gateway/vendors/': ['server/gateway/vendors/', 'server/gateway/domain/', 'server/outbound/', 'shared/'],
  'server/platform/documents/': [
    'server/platform/documents/',
    'server/platform/domain/',
    'server/outbound/',
    'server/evidence/',
    'shared/',
  ],
  'server/platform/pages/': ['server/platform/pages/', 'server/platform/domain/', 'server/http/', 'shared/'],
  'server/portal/': ['server/portal/', 'server/http/own-name.ts', 'shared/'],
  'server/demo/': ['server/', 'shared/'],
  'server/parts.ts': ['server/', 'shared/'],
  'server/main.ts': ['server/', 'shared/'],
  'server/cli.ts': ['server/', 'shared/'],
  'server/commands.ts': [],
};

/** What gateway and platform have in common; neither may import the other. */
function part(name: string): Record<string, readonly string[]> {
  const x = `server/${name}/`;
  return {
    [`${x}domain/`]: [`${x}domain/`, 'shared/'],
    [`${x}routes/`]: [`${x}routes/`, `${x}domain/`, `${x}pages/`, 'server/http/', 'shared/'],
    [`${x}stores/`]: [`${x}stores/`, `${x}domain/`, 'server/storage/', 'shared/'],
    // A folder, or the one file that it would hold.
    [`${x}jobs`]: [`${x}jobs`, `${x}domain/`, 'server/outbound/', 'server/jobs.ts', 'shared/'],
    [`${x}doors.ts`]: [`${x}routes/`, 'server/http/', 'shared/'],
    [x]: [x, 'server/http/', 'server/storage/', 'server/outbound/', 'server/jobs.ts', 'shared/'],
  };
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));

const files = ['shared', 'widget', 'server'].flatMap(filesIn);
const roomOf = (file: string): string =>
  Object.keys(rooms)
    .filter((room) => file.startsWith(room))
    .sort((a, b) => b.length - a.length)[0] ?? '';
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    relative(root, join(root, dirname(file), path)),
  );

for (const room of Object.keys(rooms))
  test(`${room} imports only what its room allows`, () => {
    const strays = files
      .filter((file) => roomOf(file) === room)
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => !target.endsWith('.css?inline') && !(rooms[room] ?? []).some((allowed) => target.startsWith(allowed)))
          .map((target) => `${file} -> ${target}`),
      );
    assert.deepEqual(strays, []);
  });

/**
 * What a room may use beside other rooms: packages, modules of Node, and globals that reach outside (written `fetch()`). Where a room has no line of
 * its own, that of the folder above counts.
 */
const means: Record<string, readonly string[]> = {
  'shared/': ['zod', 'crypto'],
  'widget/': ['lit', 'pdfjs-dist', 'crypto', 'timers', 'clock'],
  'widget/session/': ['fetch', 'crypto', 'timers', 'clock'],
  'server/http/': ['koa', 'koa-compose', '@koa/router', '@fastify/busboy', 'proxy-addr', 'zod', 'node:', 'process', 'timers', 'clock'],
  'server/storage/': ['kysely', 'better-sqlite3', 'node:', 'process', 'timers', 'clock'],
  'server/outbound/': ['undici', 'nodemailer', 'node:fs/promises', 'node:path', 'node:stream', 'timers'],
  'server/evidence/': ['node:crypto', 'node:zlib'],
  'server/pack/': ['vite', 'node:', 'process'],
  // A page of text, with a program in it.
  'server/pack/package-readme.ts': ['inlay-embed', 'fetch', 'process'],
  'server/gateway/domain/': ['jose', 'zod', 'node:crypto', 'node:stream', 'timers'],
  'server/gateway/routes/': ['koa', '@koa/router', 'zod', 'node:crypto'],
  'server/gateway/stores/': ['kysely'],
  'server/gateway/jobs.ts': [],
  'server/gateway/vendors/': ['zod', 'node:stream', 'node:timers/promises', 'timers', 'clock', 'chance'],
  'server/gateway/': ['koa', '@koa/router', 'jose', 'node:', 'timers', 'clock'],
  'server/platform/domain/': ['jose', 'zod', 'node:crypto', 'node:stream', 'node:util'],
  'server/platform/routes/': ['koa', '@koa/router', 'zod', 'timers'],
  'server/platform/stores/': ['kysely', 'node:crypto', 'node:fs/promises', 'node:stream', 'node:timers/promises'],
  'server/platform/jobs/': ['node:timers/promises', 'clock'],
  'server/platform/pages/': ['koa'],
  'server/platform/documents/': [
    ...['@cantoo/pdf-lib', '@xmldom/xmldom', 'asn1js', 'bidi-js', 'harfbuzzjs', 'pdfjs-dist', 'pkijs', 'zod'],
    ...['node:', 'console', 'crypto', 'process', 'timers', 'clock'],
  ],
  'server/platform/': ['koa', '@koa/router', 'zod', 'node:'],
  'server/portal/': ['koa', '@koa/router', 'node:fs/promises', 'node:stream/consumers', 'crypto'],
  'server/': [
    ...['koa', '@koa/router', '@fastify/busboy', '@cantoo/pdf-lib', 'jose', 'kysely', 'vite', 'zod'],
    ...['node:', 'console', 'fetch', 'process', 'timers', 'clock'],
  ],
};

const globals: Record<string, RegExp> = {
  fetch: /(?<![\w.#$])fetch\(/,
  process: /(?<![\w.#$'])process\.\w/,
  timers: /(?<![\w.#$])set(?:Timeout|Interval)\(/,
  clock: /(?<![\w.#$])(?:Date\.now|performance\.now)\(/,
  chance: /(?<![\w.#$])Math\.random\(/,
  console: /(?<![\w.#$])console\.\w/,
  crypto: /(?<![\w.#$'])crypto\.\w/,
};

/** What the text of a file uses that its room may not. */
function strayMeans(file: string, text: string): string[] {
  const room = Object.keys(means).filter((each) => file.startsWith(each));
  const allowed = means[room.sort((a, b) => b.length - a.length)[0] ?? ''] ?? [];
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!['":])\/\/[^\n]*/g, '').replace(/`[^`]*`/g, '``');
  const imported = [...code.matchAll(/^(?:import|export)\s[^;]*?from '([^.'][^']*)'|\bimport\('([^.'][^']*)'\)/gm)].map(
    ([, from = '', lazily = '']) => from || lazily,
  );
  const packages = imported
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  const modules = imported.filter((name) => name.startsWith('node:') && !allowed.includes('node:'));
  const reached = Object.entries(globals).flatMap(([name, pattern]) => (pattern.test(code) ? [name] : []));
  return [...new Set([...packages, ...modules, ...reached])].filter((name) => !allowed.includes(name));
}

test('a room uses only the packages, modules of Node and globals that it may', () => {
  const strays = files.flatMap((file) => strayMeans(file, readFileSync(join(root, file), 'utf8')).map((name) => `${file} uses ${name}`));
  assert.deepEqual(strays, []);
});

for (const [file, text, stray] of [
  ['server/gateway/domain/run/runs.ts', `const answer = await fetch('https://vendor.example');`, 'fetch'],
  ['server/platform/stores/mails.ts', `import Koa from 'koa';`, 'koa'],
  ['server/platform/routes/pages.ts', `import { readFileSync } from 'node:fs';`, 'node:fs'],
  ['server/gateway/jobs.ts', `const { Pool } = await import('undici');`, 'undici'],
  ['widget/views/vault.ts', 'const answer = await fetch(url);', 'fetch'],
  ['server/platform/domain/vault/vault.ts', 'const at = Date.now();', 'clock'],
] as const)
  test(`${stray} in ${file} would be found`, () => assert.deepEqual(strayMeans(file, text), [stray]));

test('every source file belongs to a room', () => {
  assert.deepEqual(
    files.filter((file) => roomOf(file) === ''),
    [],
  );
});

test('the widget takes nothing from shared that brings zod with it', () => {
  const carriers = filesIn('shared').filter((file) =>
    /^import \{[^}]*\bz\b[^}]*\} from 'zod/m.test(readFileSync(join(root, file), 'utf8')),
  );
  const strays = filesIn('widget').flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^import (?!type )([^;']*?) from '(\.[^']+)'/gm)]
      .filter(([, names = '']) => !/^\{(\s*type [\w$]+( as [\w$]+)?,?)+\s*\}$/.test(names))
      .map(([, , path = '']) => relative(root, join(root, dirname(file), path)))
      .filter((target) => carriers.includes(target))
      .map((target) => `${file} -> ${target}`),
  );
  assert.deepEqual(strays, []);
});

/** A file and all that it loads when it runs: types are not loaded. */
function loadedBy(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file) || !file.endsWith('.ts')) return known;
  known.add(file);
  const text = readFileSync(join(root, file), 'utf8').replace(/^(?:import|export) type [^;]*;/gm, '');
  for (const [, target = ''] of text.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'/gm))
    if (target.startsWith('.')) loadedBy(relative(root, join(root, dirname(file), target)), known);
    else known.add(target);
  return known;
}

test('the program that reads an upload, packed as one script without top-level await, loads no typefaces', () => {
  const loaded = loadedBy('server/platform/documents/intake/intake.child.ts');
  assert.ok(loaded.has('@cantoo/pdf-lib') && loaded.has('server/platform/documents/intake/reading.ts'));
  assert.ok(!loaded.has('harfbuzzjs'));
});

test('SQL stays in stores and storage, outbound requests in outbound', () => {
  const strays = files.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const sql = /^import [^;]*?from 'kysely/m.test(text) && !/^server\/(gateway\/stores|platform\/stores|storage)\//.test(file);
    const out = /^import [^;]*?from 'undici'/m.test(text) && !file.startsWith('server/outbound/');
    return sql || out;
  });
  assert.deepEqual(strays, []);
});

/**
 * Who reads the clock in a domain, and why. Every other act is given its instant, as `at`, by the route or the job: one reading for what belongs
 * together, after the call's body has come.
 */
const clockReaders: Record<string, string> = {
  'server/gateway/domain/records/clock-watch.ts': 'it is the clock',
  'server/gateway/domain/session/proofs.ts': 'proofs go by the clock as it is set, which what is kept does not',
  'server/gateway/domain/onboarding/provisioning.ts': "a worker: what is written has the instant of the vendor's answer",
  'server/gateway/domain/signing/signing.ts': "a worker: what is written has the instant of the vendor's answer",
  'server/gateway/domain/onboarding/repairs.ts': 'a vendor is asked first, who may take a minute',
  'server/gateway/domain/onboarding/resets.ts': 'a vendor is asked first, who may take a minute',
  'server/gateway/domain/proxy/kept-calls.ts': 'a call is given up when that is known, not when it came',
  'server/gateway/domain/proxy/proxied.ts': "what a call opened is kept as of the vendor's answer",
  'server/gateway/domain/session/embed-tokens.ts': 'a token lives from when the vendor has said that there is its envelope',
  'server/gateway/domain/signing/vaults.ts': "a copy is read as of the vendor's answer",
  'server/platform/domain/vault/vault.ts': 'nothing is vaulted before its copy is made, which takes as long as it takes',
};

const inDomain = /^server\/(?:gateway|platform)\/domain\//;

/** Calls a clock that was handed in, or asks for one. */
function readsClock(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!['":])\/\/[^\n]*/g, '');
  return /(?<![\w#$])now\(\)|\bEdges\['now'\]/.test(code);
}

test('a domain is told the instant of each act, and reads no clock but where the list says why', () => {
  const readers = files.filter((file) => inDomain.test(file) && readsClock(readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(readers.sort(), Object.keys(clockReaders).sort());
});

for (const text of ['const at = now();', 'stores.record({ at: edges.now() });', "interface Options {\n  now: Edges['now'];\n}"])
  test(`${text.replace(/\s+/g, ' ')} would be found`, () => assert.equal(readsClock(text), true));

test('no file of ours is longer than 300 lines', () => {
  const long = files.filter((file) => !file.includes('/text/') && readFileSync(join(root, file), 'utf8').split('\n').length > 301);
  assert.deepEqual(long, []);
});
