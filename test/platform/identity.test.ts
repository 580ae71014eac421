import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { secretBox } from '../../server/storage/secret-box.ts';
import { call, startPlatform } from '../start-platform.ts';
import { tool } from '../tools.ts';

const authorityOf = async (platform: { url: string }) => {
  const { status, text } = await call(platform, 'GET', '/authority.pem', {});
  assert.equal(status, 200);
  return new X509Certificate(text);
};

test('what seals is made at the first start, stays the same over restarts, and its key lies in no file in the clear', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-identity-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startPlatform({ dataDir });
  const made = await authorityOf(first);
  const { key } = first;
  await first.close();
  const again = await startPlatform({ dataDir, key });
  assert.equal((await authorityOf(again)).fingerprint256, made.fingerprint256);
  await again.close();

  const db = new SqliteFile(join(dataDir, 'platform.db'), { readonly: true });
  const { box } = db.prepare(`select box from kept_secret where name = 'seal-identity'`).get() as { box: Buffer };
  const everything = db.serialize();
  db.close();
  const kept = JSON.parse(secretBox(key).open(box, ['kept-secret', 'seal-identity'])) as { privateKey: string };
  const der = Buffer.from(kept.privateKey, 'base64');
  assert.equal(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).asymmetricKeyType, 'ec');
  assert.ok(!everything.includes(der));
  assert.ok(!everything.includes(kept.privateKey));
});

test("an operator's PKCS#12 seals in place of an authority of our own", async (t) => {
  const openssl = tool(t, 'openssl', 'openssl');
  if (!openssl) return;
  const folder = await mkdtemp(join(tmpdir(), 'inlay-p12-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [key, cert, p12] = ['key.pem', 'cert.pem', 'seal.p12'].map((name) => join(folder, name)) as [string, string, string];
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=Harbor seal',
    '-keyout',
    key,
    '-out',
    cert,
  );
  openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-passout', 'pass:harbor', '-out', p12);
  const platform = await startPlatform({ pkcs12: { bytes: await readFile(p12), password: 'harbor' } });
  t.after(() => platform.close());
  assert.equal((await authorityOf(platform)).subject, 'CN=Harbor seal');
});
