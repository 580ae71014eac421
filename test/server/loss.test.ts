import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { documentPath, pdfWith, putDocument } from '../gateway/world/agreement.ts';
import { answered } from '../gateway/world/answers.ts';
import { sendEnvelope } from '../platform/ceremony/ceremony-stage.ts';
import { eventually, startGateway } from '../start-gateway.ts';
import { startPlatform } from '../start-platform.ts';
import { ended, killStarted, start } from './start.ts';

const home = mkdtempSync(join(tmpdir(), 'inlay-loss-'));
after(() => {
  killStarted();
  rmSync(home, { recursive: true, force: true });
});

const hour = 3_600_000;
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && !each.name.endsWith('.json'))
    .map(({ name }) => name)
    .sort();

/** As if everything in the folder had been written so long ago. */
function older(folder: string, ms: number): void {
  const at = (Date.now() - ms) / 1_000;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) utimesSync(join(folder, name), at, at);
}

for (const [said, age] of [
  ['two hours', 2 * hour],
  ['two months', 60 * 24 * hour],
] as const)
  test(`a folder whose documents lie with the platform’s files, ${said} old: whoever starts first, the gateway has them afterwards`, async () => {
    for (const first of ['platform', 'gateway'] as const) {
      const dataDir = join(home, `${first} ${said}`);
      mkdirSync(dataDir);
      const [masterKey, key] = [randomBytes(32), randomBytes(32)];
      const gateway = await startGateway({ dataDir, masterKey });
      const partner = await gateway.partner({});
      const pdf = await pdfWith('Lease');
      await answered(putDocument(gateway, partner.id, pdf, 'lease'));
      await gateway.close();
      // As the versions before kept them.
      rmSync(join(dataDir, 'documents.head.json'));
      renameSync(join(dataDir, 'documents'), join(dataDir, 'blobs'));
      older(join(dataDir, 'blobs'), age);
      const sweep = async () => {
        const platform = await startPlatform({ dataDir, key, now: Date.now() });
        await platform.runJobs();
        assert.deepEqual(platform.reported, []);
        await platform.close();
      };
      // A platform that is new beside files is turned away; this one is not.
      mkdirSync(join(home, `${first} ${said} empty`));
      const other = await startPlatform({ dataDir: join(home, `${first} ${said} empty`), key });
      await other.close();
      cpSync(join(home, `${first} ${said} empty`, 'platform.db'), join(dataDir, 'platform.db'));
      if (first === 'platform') await sweep();
      for (let turn = 0; turn < 2; turn++) {
        const again = await startGateway({ dataDir, masterKey });
        const kept = await again.admin('GET', documentPath(partner.id, 'lease'));
        assert.deepEqual(Buffer.from(await kept.arrayBuffer()), Buffer.from(pdf));
        assert.deepEqual(again.reported, []);
        await again.close();
        await sweep();
      }
      assert.equal(filesIn(join(dataDir, 'documents')).length, 1);
      assert.deepEqual(filesIn(join(dataDir, 'blobs')), []);
      // From quarantine it was taken back; what was copied from the platform's folder is set aside there.
      assert.equal(filesIn(join(dataDir, 'quarantine')).length, first === 'platform' ? 0 : 1);
    }
  });

test('a platform.db that is missing, or one envelope short, beside its files: the start says it, and nothing is deleted; --accept-loss goes on', async () => {
  const dataDir = join(home, 'short');
  const key = randomBytes(32);
  const begin = (acceptLoss = false) => startPlatform({ dataDir, key, acceptLoss, now: Date.now() });
  const first = await begin();
  await sendEnvelope(first);
  await first.close();
  const database = join(dataDir, 'platform.db');
  cpSync(database, join(home, 'one-short.db'));
  const second = await begin();
  await sendEnvelope(second);
  await second.close();
  cpSync(database, join(home, 'whole.db'));
  const files = filesIn(join(dataDir, 'blobs'));
  older(join(dataDir, 'blobs'), 48 * hour);

  cpSync(join(home, 'one-short.db'), database);
  const short =
    /^platform\.db in \S+ is not the newest one: its log has \d+ entries, and \d+ were written[^.]*\. Put the newest copy back, or start with --accept-loss/;
  for (let turn = 0; turn < 2; turn++) await assert.rejects(begin(), { name: 'StartRefused', message: short });
  rmSync(database);
  const missing = /^platform\.db is missing from \S+, but 2 files are in blobs: put the database back, or start with --accept-loss/;
  for (let turn = 0; turn < 2; turn++) await assert.rejects(begin(), { name: 'StartRefused', message: missing });
  assert.deepEqual(filesIn(join(dataDir, 'blobs')), files);

  cpSync(join(home, 'whole.db'), database);
  const whole = await begin();
  await whole.runJobs();
  assert.deepEqual(filesIn(join(dataDir, 'blobs')), files);
  await whole.close();

  cpSync(join(home, 'one-short.db'), database);
  const accepted = await begin(true);
  await accepted.runJobs();
  await accepted.close();
  assert.deepEqual([...filesIn(join(dataDir, 'blobs')), ...filesIn(join(dataDir, 'quarantine'))].sort(), files);
  assert.equal(filesIn(join(dataDir, 'quarantine')).length, 1);
  // The right one is found after all: what was set aside is read again.
  cpSync(join(home, 'whole.db'), database);
  const after = await begin(true);
  await after.runJobs();
  assert.deepEqual(filesIn(join(dataDir, 'blobs')), files);
  assert.deepEqual(after.reported, []);
  await after.close();
});

test('the programs say it in one sentence and end with 1, and take --accept-loss once', async () => {
  const dataDir = join(home, 'programs');
  const key = Buffer.alloc(32, 7).toString('base64url');
  const env = { INLAY_DATA_DIR: dataDir, INLAY_PLATFORM_KEY: key, INLAY_MASTER_KEY: key };
  const demo = start([], env);
  await eventually(async () => demo.said().includes('Ctrl-C ends everything'));
  // Its customers sign from then on.
  await eventually(async () => existsSync(join(dataDir, 'blobs')) && filesIn(join(dataDir, 'blobs')).length > 0);
  demo.child.kill('SIGTERM');
  await ended(demo.child);
  for (const [part, folder] of [
    ['platform', 'blobs'],
    ['gateway', 'documents'],
  ] as const) {
    renameSync(join(dataDir, `${part}.db`), join(home, `${part}.db`));
    for (const args of [[part], []]) {
      const { child, said } = start(args, env);
      assert.equal((await ended(child)).code, 1);
      assert.match(said(), new RegExp(`^${part}\\.db is missing from \\S+, but [^.\\n]* in ${folder}: [^\\n]*\\n$`));
    }
    const { child, said } = start([part, '--accept-loss'], env);
    await eventually(async () => said().includes('listens at'));
    child.kill('SIGTERM');
    assert.equal((await ended(child)).code, 0);
    renameSync(join(home, `${part}.db`), join(dataDir, `${part}.db`));
  }
  const { child, said } = start(['platform', '--acept-loss'], env);
  assert.equal((await ended(child)).code, 1);
  assert.match(said(), /--acept-loss/);
});
