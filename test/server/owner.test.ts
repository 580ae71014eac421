import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually } from '../start-gateway.ts';
import { childOf, ended, killStarted, start } from './start.ts';

const home = mkdtempSync(join(tmpdir(), 'inlay-owner-'));
after(() => {
  killStarted();
  rmSync(home, { recursive: true, force: true });
});

const key = Buffer.alloc(32, 7).toString('base64url');
const folder = (name: string) => {
  const dataDir = join(home, name);
  return { dataDir, env: { INLAY_DATA_DIR: dataDir, INLAY_PLATFORM_KEY: key, INLAY_MASTER_KEY: key } };
};

/** What it says before it ends by itself, with 1. */
async function refusal(args: string[], env: Record<string, string>): Promise<string> {
  const { child, said } = start(args, env);
  assert.equal((await ended(child)).code, 1, said());
  return said();
}

for (const part of ['gateway', 'platform'] as const)
  test(`a second ${part} on a data folder is turned away in one sentence that names the first; killed, the first gives it free at once`, async () => {
    const { dataDir, env } = folder(`two-${part}`);
    const first = start([part], env);
    await eventually(async () => first.said().includes('listens at'));
    const sentence = new RegExp(
      `^The ${part} of \\S+ is already running \\(process ${first.child.pid} on \\S+, since 20[^)]*\\): end that one, or set INLAY_DATA_DIR to another folder\\.\\n$`,
    );
    assert.match(await refusal([part], env), sentence);
    assert.match(await refusal([], env), sentence, 'the demo too');
    writeFileSync(join(dataDir, `${part}.lock.json`), 'not JSON');
    assert.match(await refusal([part], env), new RegExp(`^The ${part} of \\S+ is already running: end that one`));

    const over = ended(first.child);
    first.child.kill('SIGKILL');
    await over;
    const next = start([part], env);
    await eventually(async () => next.said().includes('listens at'));
    assert.equal((JSON.parse(readFileSync(join(dataDir, `${part}.lock.json`), 'utf8')) as { pid: number }).pid, next.child.pid);
    next.child.kill('SIGTERM');
    assert.equal((await ended(next.child)).code, 0);
  });

test('a signal that comes while a part starts ends it as one that comes later does: with 0, and all that it started', async () => {
  for (const args of [['gateway'], ['platform'], []]) {
    const { dataDir, env } = folder(`early-${args[0] ?? 'demo'}`);
    const { child, said } = start(args, env);
    await eventually(async () => existsSync(join(dataDir, `${args[0] ?? 'gateway'}.lock.json`)));
    child.kill('SIGTERM');
    assert.equal((await ended(child)).code, 0, said());
  }
});

test('a database that is damaged, or a folder that is none, ends the start in one sentence: of a part, and of the demo', async () => {
  for (const part of ['gateway', 'platform'] as const) {
    const { dataDir, env } = folder(`damaged-${part}`);
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, `${part}.db`), 'This is no database, though it is long enough to be taken for one. '.repeat(200));
    const sentence = new RegExp(`^\\S+${part}\\.db is damaged, or is no database of Inlay: [^.\\n]*\\(SQLITE_NOTADB\\)\\.\\n$`);
    assert.match(await refusal([part], env), sentence);
    assert.match(await refusal([], env), sentence);
  }
  writeFileSync(join(home, 'file'), '');
  const { env } = folder('file/data');
  assert.match(await refusal(['platform'], env), /^\S+ lies below something that is no folder: [^.\n]*\(ENOTDIR\)\.\n$/);
});

test('what may not be written ends the start in one sentence', async (t) => {
  if (process.getuid?.() === 0) return t.skip('run as root, who may write everything');
  const { dataDir, env } = folder('read-only');
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o500);
  assert.match(await refusal(['platform'], env), /^\S+ cannot be written: [^.\n]*\.\n$/);
});

test('npm start: a signal to npm, or to the shell that it starts, ends everything within five seconds', {
  skip: process.platform === 'win32' && 'Windows has no such signals',
}, async () => {
  for (const whom of ['npm', 'shell'] as const) {
    const { env } = folder(`npm-${whom}`);
    const npm = start([], env, 'npm');
    await eventually(async () => npm.said().includes('Ctrl-C ends everything'));
    const urls = npm.said().match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
    assert.equal(urls.length, 3);
    const from = performance.now();
    process.kill(whom === 'npm' ? (npm.child.pid ?? 0) : childOf(npm.child.pid, 'main.ts'), 'SIGTERM');
    const gone = async (url: string) => (await fetch(url).catch(() => undefined)) === undefined;
    await eventually(async () => (await Promise.all(urls.map(gone))).every((each) => each));
    const ms = performance.now() - from;
    assert.ok(ms < 5_000, `after the signal to ${whom} it took ${ms} ms`);
  }
});

test('a part that dies again and again is given up after five times, with a sentence and everything else ended', async () => {
  const { env } = folder('dying');
  const demo = start([], env);
  await eventually(async () => demo.said().includes('Ctrl-C ends everything'));
  const over = ended(demo.child);
  let killed = 0;
  for (; killed < 5; killed++) {
    const portal = await eventually(async () => {
      try {
        return childOf(demo.child.pid, 'portal');
      } catch {
        return undefined;
      }
    });
    process.kill(portal, 'SIGKILL');
    await eventually(async () => (demo.said().match(/The portal ended/g)?.length ?? 0) > killed);
  }
  assert.equal((await over).code, 1);
  assert.match(demo.said(), /The portal ended 5 times within a minute; Inlay ends, for starting it again would not help\.\n/);
});
