import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, freePort } from '../start-gateway.ts';
import { ended } from './start.ts';

const root = new URL('../..', import.meta.url);
const dataDir = mkdtempSync(join(tmpdir(), 'inlay-loaded-'));
after(() => rmSync(dataDir, { recursive: true }));

/** Starts a part on a folder that it knows, asks it one thing, ends it, and gives what it has loaded, by paths under the root, and of Node. */
async function loadedBy(part: 'gateway' | 'platform'): Promise<{ files: string[]; node: string[] }> {
  const port = await freePort();
  const told = join(dataDir, 'loaded.json');
  const key = Buffer.alloc(32, 7).toString('base64url');
  const child = spawn(
    process.execPath,
    ['--import', './server/node.js', '--import', './test/server/loaded.preload.js', 'server/main.ts', part],
    {
      cwd: fileURLToPath(root),
      env: {
        ...process.env,
        LOADED_FILE: told,
        INLAY_DATA_DIR: dataDir,
        INLAY_MASTER_KEY: key,
        INLAY_PLATFORM_KEY: key,
        INLAY_GATEWAY_PORT: `${port}`,
        INLAY_PLATFORM_PORT: `${port}`,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`).catch(() => undefined))?.ok);
  const over = ended(child);
  child.kill('SIGTERM');
  assert.equal((await over).code, 0);
  const { files, node } = JSON.parse(readFileSync(told, 'utf8')) as { files: string[]; node: string[] };
  return { files: files.filter((url) => url.startsWith(root.href)).map((url) => url.slice(root.href.length)), node };
}

/** Libraries by name; one that is packed has its file's name. */
const librariesIn = (files: readonly string[]): string[] => {
  const names = files.flatMap((file) => /^node_modules\/(?:\.cache\/inlay\/(.+\.mjs)|(@[^/]+\/[^/]+|[^/]+))/.exec(file)?.slice(1) ?? []);
  return [...new Set(names.filter(Boolean))].sort();
};

const packed = ['busboy.mjs', 'jose.mjs', 'koa-compose', 'koa-router.mjs', 'koa.mjs', 'kysely.mjs', 'zod.mjs'];
for (const [part, libraries, elsewhere] of [
  ['gateway', [...packed, 'better-sqlite3'], /^server\/(platform\/(?!documents\/intake\/intake-program)|portal|evidence|pack|cli)/],
  ['platform', [...packed, 'better-sqlite3'], /^server\/(gateway|portal|evidence|pack|cli)/],
] as const)
  test(`a ${part} that was started and has answered has loaded these libraries and no others, and nothing of other parts`, async () => {
    // What only the first start makes.
    await loadedBy(part);
    const { files, node } = await loadedBy(part);
    assert.deepEqual(librariesIn(files), libraries.toSorted());
    assert.deepEqual(
      files.filter((file) => elsewhere.test(file)),
      [],
    );
    // It brings HTTP/2, streams of the web and a second HTTP client.
    assert.deepEqual(
      node.filter((name) => name.includes('undici')),
      [],
      'the fetch that Node brings',
    );
  });
