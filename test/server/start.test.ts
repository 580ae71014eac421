import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import type { DemoFile } from '../../server/demo/files.ts';
import { eventually } from '../start-gateway.ts';
import { childOf, ended, killStarted, start as startProgram } from './start.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'inlay-start-'));
after(() => {
  killStarted();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = (args: string[] = [], env: Record<string, string> = {}) => startProgram(args, { INLAY_DATA_DIR: dataDir, ...env });
const demoFile = (): DemoFile => JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
const answers = async (url: string) => (await fetch(url).catch(() => undefined))?.ok;

/** The whole demo, once it is there. */
async function startDemo() {
  const { child, said } = start();
  await eventually(async () => said().includes('Ctrl-C ends everything'));
  return { child, said, demo: demoFile() };
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

test('a folder of a newer version, or another key, ends the start with one sentence: of the demo, and of a part alone', async () => {
  const folder = join(dataDir, 'newer');
  const key = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
  const env = { INLAY_DATA_DIR: folder, INLAY_PLATFORM_KEY: key(1), INLAY_MASTER_KEY: key(2) };
  for (const part of ['platform', 'gateway']) {
    const { child, said } = start([part], env);
    await eventually(async () => said().includes('listens at'));
    const over = ended(child);
    child.kill('SIGTERM');
    await over;
  }
  /** What it says before it ends by itself, in less time than it would take to try again and again. */
  const refusal = async (args: string[], more = {}) => {
    const { child, said } = start(args, { ...env, ...more });
    const { code, ms } = await ended(child);
    assert.deepEqual([code, ms < 15_000], [1, true], said());
    return said();
  };
  const newer = (file: string) => new RegExp(`^${file} was brought to "999-later" by a newer version of Inlay[^.\\n]*\\.\\n$`);
  assert.equal(
    await refusal(['platform'], { INLAY_PLATFORM_KEY: key(3) }),
    'INLAY_PLATFORM_KEY is not the key that this platform.db was written under.\n',
  );
  assert.equal(
    await refusal([], { INLAY_MASTER_KEY: key(3) }),
    'INLAY_MASTER_KEY is not the key that this gateway.db was written under.\n',
  );
  for (const [file, args] of [
    ['gateway.db', ['gateway']],
    ['platform.db', []],
  ] as const) {
    const db = new SqliteFile(join(folder, file));
    db.exec("insert into kysely_migration values ('999-later', '2030-01-01T00:00:00.000Z')");
    db.close();
    assert.match(await refusal([...args]), newer(file));
  }
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

test('a platform that cannot keep readers of uploads from the network says so when it starts, in one line', async () => {
  const env = { INLAY_DATA_DIR: join(dataDir, 'networked'), INLAY_PLATFORM_KEY: Buffer.alloc(32, 4).toString('base64url') };
  // Without a path there is no unshare.
  const { child, said } = start(['platform'], { ...env, PATH: dataDir });
  await eventually(async () => said().includes('listens at'));
  assert.equal(said().match(/"message":"Readers of uploads are not kept from the network: [^"]*/g)?.length, 1, said());
  const over = ended(child);
  child.kill('SIGTERM');
  assert.equal((await over).code, 0);
});

test('a part starts with 128 descriptors', { skip: process.platform === 'win32' && 'Windows has no such limit' }, async () => {
  const key = Buffer.alloc(32, 5).toString('base64url');
  const env = { INLAY_DATA_DIR: join(dataDir, 'few'), INLAY_PLATFORM_KEY: key, INLAY_MASTER_KEY: key };
  for (const part of ['platform', 'gateway']) {
    const { child, said } = startProgram([part], env, 'few descriptors');
    const over = ended(child);
    await Promise.race([over, eventually(async () => said().includes('listens at'))]);
    assert.match(said(), /listens at/);
    child.kill('SIGTERM');
    assert.equal((await over).code, 0);
  }
});
