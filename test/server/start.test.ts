import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DemoFile } from '../../server/demo/files.ts';
import { eventually } from '../start-gateway.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'inlay-start-'));
const ports = { INLAY_GATEWAY_PORT: '0', INLAY_PLATFORM_PORT: '0', INLAY_PORTAL_PORT: '0' };
const started: ChildProcess[] = [];
after(() => {
  // What a test that failed has left running would keep this file from ending.
  for (const child of started) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function start(args: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', './server/node.js', 'server/main.ts', ...args], {
    cwd: root,
    env: { ...process.env, INLAY_DATA_DIR: dataDir, ...ports, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { child, said: () => said };
}

const ended = (child: ChildProcess) =>
  new Promise<{ code: number | null; ms: number }>((resolve) => {
    const from = Date.now();
    child.once('exit', (code) => resolve({ code, ms: Date.now() - from }));
  });
const demoFile = (): DemoFile => JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
const answers = async (url: string) => (await fetch(url).catch(() => undefined))?.ok;

/** The whole demo, once it is there. */
async function startDemo() {
  const { child, said } = start();
  await eventually(async () => said().includes('Ctrl-C ends everything'));
  return { child, said, demo: demoFile() };
}

/** The child of a process that runs this part (proc(5): /proc/pid/task/tid/children). */
function childOf(pid: number | undefined, part: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').includes(part));
  assert.ok(found, `a child runs the ${part}`);
  return found;
}

test('npm start prints three addresses that answer, brings six customers to six states, revives what dies, keeps its keys, and ends on Ctrl-C', async () => {
  let first = await startDemo();
  const { demo } = first;
  for (const url of [demo.portalUrl, `${demo.gatewayUrl}/inlay.js`, demo.platformUrl]) {
    assert.ok(first.said().includes(new URL(url).origin), `${url} is printed`);
    assert.ok(await answers(url), url);
  }
  for (const name of ['demo.json', 'master.key', 'platform.key']) assert.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600, name);

  const statuses = async () => {
    const { gatewayUrl, partnerKey } = first.demo;
    const response = await fetch(`${gatewayUrl}/partner/runs`, { headers: { 'x-api-key': partnerKey } });
    return ((await response.json()) as { items: { status: string }[] }).items
      .map(({ status }) => status)
      .sort()
      .join(' ');
  };
  const brought = () => eventually(async () => (await statuses()) === 'declined done in_progress unknown waiting_billing');
  await brought().catch(async () => {
    // A machine that is slow needs another start; what a start has begun the next one goes on with.
    const over = ended(first.child);
    first.child.kill('SIGTERM');
    await over;
    first = await startDemo();
    await brought();
  });

  process.kill(childOf(first.child.pid, 'gateway'), 'SIGKILL');
  await eventually(async () => first.said().includes('The gateway ended'));
  await eventually(() => answers(`${first.demo.gatewayUrl}/inlay.js`));
  assert.equal(await statuses(), 'declined done in_progress unknown waiting_billing');

  const over = ended(first.child);
  first.child.kill('SIGINT');
  const { code, ms } = await over;
  assert.equal(code, 0);
  assert.ok(ms < 15_000, `it took ${ms} ms`);

  const second = await startDemo();
  const again = second.demo;
  assert.deepEqual([again.partnerId, again.partnerKey, again.vendorKeys], [demo.partnerId, demo.partnerKey, demo.vendorKeys]);
  assert.ok(!/lk_[0-9a-f]{40}|kvqp_|eyJ/.test(first.said() + second.said()), 'no key is printed');
  const overAgain = ended(second.child);
  second.child.kill('SIGTERM');
  assert.equal((await overAgain).code, 0);
});

test('wrong settings stop the start with one message that names each and quotes none', async () => {
  const { child, said } = start(['gateway'], {
    INLAY_MASTER_KEY: 'canary-not-a-key',
    KELVIQ_URL: 'ftp://canary.example',
    INLAY_GATEWAY_PORT: '99999',
    ADMIN_ISSUER: 'canary',
  });
  assert.equal((await ended(child)).code, 1);
  for (const name of ['INLAY_MASTER_KEY', 'KELVIQ_URL', 'INLAY_GATEWAY_PORT', 'ADMIN_AUDIENCE', 'ADMIN_JWKS_URL'])
    assert.ok(said().includes(name), name);
  assert.ok(!said().includes('canary'), said());
});

test('a part alone does not start without its key', async () => {
  for (const [part, name] of [
    ['gateway', 'INLAY_MASTER_KEY'],
    ['platform', 'INLAY_PLATFORM_KEY'],
  ] as const) {
    const { child, said } = start([part], { INLAY_DATA_DIR: join(dataDir, 'alone'), SMTP_URL: 'nonsense' });
    assert.equal((await ended(child)).code, 1);
    for (const fault of [name, 'SMTP_URL']) assert.ok(said().includes(fault), said());
  }
});
