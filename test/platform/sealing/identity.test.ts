import assert from 'node:assert/strict';
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { issueLeaf, issueRoot } from '../../../server/platform/documents/seal/certificate.ts';
import { openStorage } from '../../../server/platform/stores/storage.ts';
import { secretBox } from '../../../server/storage/secret-box.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { tool } from '../../tools.ts';
import { ada, embedToken, sendEnvelope, signAll, signerWith } from '../ceremony/ceremony-stage.ts';
import { assertSealed, judges } from '../world/judges.ts';

const year = 365.25 * 86_400_000;
const start = Date.UTC(2026, 10, 21, 9);
const name = 'seal-identity';
const about = ['kept-secret', name];

/** Fingerprints of what /authority.pem serves, in its order. */
async function authoritiesOf(platform: { url: string }): Promise<string[]> {
  const { status, text } = await call(platform, 'GET', '/authority.pem', {});
  assert.equal(status, 200);
  return (text.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----\n/g) ?? []).map((pem) => new X509Certificate(pem).fingerprint256);
}

/** What is kept of the identity, opened; and the whole database as it lies on disk. */
function keptOf({ dataDir, key }: { dataDir: string; key: Uint8Array }) {
  const db = new SqliteFile(join(dataDir, 'platform.db'), { readonly: true });
  const { box } = db.prepare('select box from kept_secret where name = ?').get(name) as { box: Buffer };
  const everything = db.serialize();
  db.close();
  const kept = JSON.parse(secretBox(key).open(box, about)) as { certificates: string[]; privateKey: string; authorityKey: string };
  const [leaf, root] = kept.certificates.map((der) => new X509Certificate(Buffer.from(der, 'base64')).fingerprint256);
  return { ...kept, leaf, root, everything };
}

async function folderFor(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-identity-'));
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

test('what seals is made at the first start, stays the same over restarts, and its keys lie in no file in the clear', async (t) => {
  const dataDir = await folderFor(t);
  const first = await startPlatform({ dataDir });
  const made = await authoritiesOf(first);
  const { key } = first;
  await first.close();
  const kept = keptOf({ dataDir, key });
  const again = await startPlatform({ dataDir, key, now: start + 7.9 * year });
  await again.runJobs();
  assert.deepEqual(await authoritiesOf(again), made);
  await again.close();

  assert.deepEqual(made, [kept.root]);
  const { everything } = keptOf({ dataDir, key });
  for (const written of [kept.privateKey, kept.authorityKey]) {
    const der = Buffer.from(written, 'base64');
    assert.equal(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).asymmetricKeyType, 'ec');
    assert.ok(!everything.includes(der) && !everything.includes(written));
  }
  assert.equal(keptOf({ dataDir, key }).leaf, kept.leaf);
});

/** The sealed file of an envelope that is signed now. */
async function sealedNow(platform: StartedPlatform): Promise<Uint8Array> {
  const id = await sendEnvelope(platform, { signers: [ada] });
  const token = await embedToken(platform, id, ada.email);
  await signAll(signerWith(platform, token));
  await platform.runJobs();
  const response = await fetch(`${platform.url}/api/v2/embed/ceremony/document`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return new Uint8Array(await response.arrayBuffer());
}

test('the sealing certificate is renewed while the platform runs; the root stays, and so do earlier seals', async (t) => {
  const platform = await startPlatform({ dataDir: await folderFor(t), now: start });
  t.after(() => platform.close());
  const before = keptOf(platform);
  const early = await sealedNow(platform);
  platform.clock.now += 8.1 * year;
  await platform.runJobs();
  assert.deepEqual(platform.reported, []);
  const after = keptOf(platform);
  assert.notEqual(after.leaf, before.leaf);
  assert.equal(after.root, before.root);
  assert.deepEqual(await authoritiesOf(platform), [before.root]);
  const late = await sealedNow(platform);
  const judge = judges(t);
  if (!judge) return;
  const [, root = ''] = before.certificates;
  for (const [bytes, leaf] of [
    [early, before.certificates[0]],
    [late, after.certificates[0]],
  ] as const) {
    assert.ok(
      Buffer.from(bytes)
        .toString('latin1')
        .includes(Buffer.from(leaf ?? '?', 'base64').toString('hex')),
      'sealed by that certificate',
    );
    const years = bytes === late ? 8.2 : 0;
    assertSealed(judge, bytes, { certificates: [Buffer.from(root, 'base64')], privateKey: new Uint8Array() }, Date.now() + years * year);
  }
});

test('an authority whose key was not kept is followed by a new one at the next start, once, and is served still', async (t) => {
  const dataDir = await folderFor(t);
  const key = randomBytes(32);
  const root = await issueRoot({ mark: '0000old0', from: start - year, until: start + 9 * year });
  const leaf = await issueLeaf(root, { mark: '0000old1', from: start - year, until: start + 2.5 * year });
  const certificates = [leaf.certificate, root.certificate].map((der) => Buffer.from(der).toString('base64'));
  const written = JSON.stringify({ certificates, privateKey: Buffer.from(leaf.privateKey).toString('base64') });
  const { storage, database } = await openStorage(join(dataDir, 'platform.db'), secretBox(key));
  await storage.transact(({ secrets }) => secrets.keep(name, written));
  await database.close();

  const old = new X509Certificate(root.certificate).fingerprint256;
  const served: string[][] = [];
  for (let i = 0; i < 2; i++) {
    const platform = await startPlatform({ dataDir, key, now: start });
    served.push(await authoritiesOf(platform));
    await platform.close();
  }
  assert.deepEqual(served[0]?.slice(1), [old]);
  assert.notEqual(served[0]?.[0], old);
  assert.deepEqual(served[1], served[0]);
  assert.equal(keptOf({ dataDir, key }).root, served[0]?.[0]);
});

test("an operator's PKCS#12 seals in place of an authority of our own; both are served, and stay so when it goes", async (t) => {
  const openssl = tool(t, 'openssl', 'openssl');
  if (!openssl) return;
  const dataDir = await folderFor(t);
  const [keyFile, cert, p12] = ['key.pem', 'cert.pem', 'seal.p12'].map((file) => join(dataDir, file)) as [string, string, string];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=Harbor seal'];
  openssl(...made, '-keyout', keyFile, '-out', cert);
  openssl('pkcs12', '-export', '-inkey', keyFile, '-in', cert, '-passout', 'pass:harbor', '-out', p12);
  const harbor = new X509Certificate(await readFile(cert)).fingerprint256;
  const key = randomBytes(32);
  const served = async (pkcs12?: { bytes: Uint8Array; password: string }): Promise<string[]> => {
    const platform = await startPlatform({ dataDir, key, ...(pkcs12 && { pkcs12 }) });
    await platform.runJobs();
    const found = await authoritiesOf(platform);
    await platform.close();
    return found;
  };
  const [own = ''] = await served();
  assert.deepEqual(await served({ bytes: await readFile(p12), password: 'harbor' }), [harbor, own]);
  assert.deepEqual(await served(), [own, harbor]);
});
