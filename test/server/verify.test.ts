import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import SqliteFile from 'better-sqlite3';
import { create } from '../platform/world/envelopes.ts';
import { startGateway } from '../start-gateway.ts';
import { startPlatform } from '../start-platform.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'inlay-verify-'));
const key = randomBytes(32);
const keys = { INLAY_MASTER_KEY: key.toString('base64url'), INLAY_PLATFORM_KEY: key.toString('base64url') };

function verify(env: Record<string, string> = keys): Promise<{ code: number; said: string; faults: string }> {
  const args = ['--import', './server/node.js', 'server/cli.ts', 'verify'];
  const { PATH = '' } = process.env;
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: root, env: { PATH, INLAY_DATA_DIR: dataDir, ...env } }, (error, said, faults) =>
      resolve({ code: Number(error?.code ?? 0), said, faults }),
    ),
  );
}
const blobs = () => readdirSync(join(dataDir, 'blobs'), { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}$/.test(name));
/** Every file by its bytes, but for what SQLite puts beside a database for whoever reads it. */
const standing = () =>
  readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.db-(wal|shm)$/.test(name) && statSync(join(dataDir, name)).isFile())
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(dataDir, name)))
          .digest('hex')}`,
    );
function meddle(database: string, sql: string): void {
  const db = new SqliteFile(join(dataDir, database));
  db.exec(sql);
  db.close();
}

before(async () => {
  const platform = await startPlatform({ dataDir, key });
  const gateway = await startGateway({ dataDir, masterKey: key });
  await create(platform);
  await gateway.partner({});
  // While both run.
  const { code, said, faults } = await verify();
  assert.deepEqual([code, faults], [0, '']);
  assert.match(said, /^gateway\.db: \d+ leaves fit/);
  await platform.close();
  await gateway.close();
});
after(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 }));

test('a sound folder is said to be sound, and stays as it is', async () => {
  const kept = standing();
  const { code, said, faults } = await verify();
  assert.deepEqual([code, faults], [0, '']);
  assert.match(said, /^gateway\.db: \d+ leaves fit their hashes, their places and 1 heads signed with its key$/m);
  assert.match(said, /^platform\.db: \d+ leaves fit their hashes, their places and 1 heads signed with its key$/m);
  assert.match(said, /^platform\.db: 1 files give their hashes$/m);
  assert.deepEqual(standing(), kept);
});

test('without a key the signatures are not looked at, which is said; with another key they are not good', async () => {
  const without = await verify({});
  assert.equal(without.code, 0, without.faults);
  assert.match(without.said, /gateway\.db: .* whose signatures were not looked at/);
  const other = await verify({ ...keys, INLAY_PLATFORM_KEY: randomBytes(32).toString('base64url') });
  assert.equal(other.code, 1);
  assert.match(other.faults, /^platform\.db: .* not signed with the key of this log\.$/m);
});

test('a leaf that was changed is named, in either part, with exit code 1', async () => {
  for (const database of ['gateway.db', 'platform.db']) {
    meddle(database, `update log_leaf set leaf = replace(leaf, '"kind":', '"kind": ') where seq = 1`);
    const { code, faults } = await verify();
    assert.equal(code, 1);
    assert.equal(faults, `${database}: Leaf 1 of the log is not what was written: its text does not give its hash.\n`);
    meddle(database, `update log_leaf set leaf = replace(leaf, '"kind": ', '"kind":') where seq = 1`);
  }
});

test('a log that became shorter than the head beside the files is named', async () => {
  meddle('platform.db', 'create table aside as select * from log_leaf; delete from log_leaf where seq = (select max(seq) from log_leaf)');
  const { code, faults } = await verify();
  assert.equal(code, 1);
  assert.match(faults, /^platform\.db: Its log has \d+ entries, and \d+ were written, of which the last is not there\.$/m);
  assert.match(faults, /^platform\.db: Leaf \d+ of the log is not what was written: nothing is there any more\.$/m);
  meddle('platform.db', 'insert into log_leaf select * from aside where seq = (select max(seq) from aside); drop table aside');
  assert.equal((await verify()).code, 0);
});

test('a file that is damaged, or missing, is named', async () => {
  const [name = ''] = blobs();
  const address = name.slice(-64);
  writeFileSync(join(dataDir, 'blobs', name), 'something else');
  const damaged = await verify();
  assert.deepEqual([damaged.code, damaged.faults], [1, `platform.db: The file ${address} does not give its hash.\n`]);
  rmSync(join(dataDir, 'blobs', name));
  const missing = await verify();
  assert.deepEqual([missing.code, missing.faults], [1, `platform.db: The file ${address} is missing.\n`]);
});

test('a folder without databases has nothing to be verified', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'inlay-verify-'));
  const { code, said } = await verify({ INLAY_DATA_DIR: empty });
  assert.deepEqual([code, said], [0, 'gateway.db: there is none here\nplatform.db: there is none here\n']);
  assert.deepEqual(readdirSync(empty), []);
  rmSync(empty, { recursive: true });
});
