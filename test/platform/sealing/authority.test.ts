import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { identityFromJson, identityToJson, makeAuthority, renewed } from '../../../server/platform/documents/seal/authority.ts';
import { readPkcs12 } from '../../../server/platform/documents/seal/pkcs12.ts';
import { tool } from '../../tools.ts';

test('the authority and the sealing certificate it issues are what OpenSSL takes them for', async (t) => {
  const openssl = tool(t, 'openssl', 'openssl');
  if (!openssl) return;
  const now = Date.parse('2026-11-21T12:00:00Z');
  const { certificates } = await makeAuthority(now);
  const folder = mkdtempSync(join(tmpdir(), 'inlay-ca-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [leaf = '', top = ''] = certificates.map((der, i) => {
    const path = join(folder, `${i}.pem`);
    writeFileSync(path, new X509Certificate(der).toString());
    return path;
  });
  for (const purpose of ['any', 'smimesign'])
    openssl('verify', '-x509_strict', '-purpose', purpose, '-attime', String(now / 1000 + 86_400), '-CAfile', top, leaf);
  const seal = openssl('x509', '-in', leaf, '-noout', '-text');
  assert.match(seal, /ASN1 OID: prime256v1/);
  assert.match(seal, /Key Usage: critical\s+Digital Signature, Non Repudiation/);
  assert.match(seal, /1\.3\.6\.1\.5\.5\.7\.3\.36, E-mail Protection/);
  assert.match(seal, /CA:FALSE/);
  assert.match(seal, /Not After : Nov 21 00:00:00 2036 GMT/);
  const authority = openssl('x509', '-in', top, '-noout', '-text');
  assert.match(authority, /CA:TRUE, pathlen:0/);
  assert.match(authority, /Not After : Nov 21 18:00:00 2051 GMT/);
  assert.match(openssl('asn1parse', '-in', top), /UTCTIME +:261120120000Z[\s\S]*GENERALIZEDTIME +:20511121180000Z/);
});

const year = 365.25 * 86_400_000;
const named = (der: Uint8Array | undefined): string => new X509Certificate(der ?? '').fingerprint256;

test('the sealing certificate is renewed with two years left, under the same root, with a key of its own', async () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const first = await makeAuthority(now);
  assert.equal(await renewed(first, now + 7.99 * year), first);
  const second = await renewed(first, now + 8.01 * year);
  assert.equal(named(second.certificates[1]), named(first.certificates[1]));
  assert.notEqual(named(second.certificates[0]), named(first.certificates[0]));
  assert.notDeepEqual(second.privateKey, first.privateKey);
  const [leaf, root] = second.certificates.map((der) => new X509Certificate(der));
  assert.ok(leaf?.checkIssued(root as X509Certificate) && leaf.verify((root as X509Certificate).publicKey));
});

test('over 60 years every sealing certificate ends with its root at the latest, and what is sealed can be checked two years later', async () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  let identity = await makeAuthority(now);
  const roots = new Set<string>();
  for (let i = 0; i <= 60; i++) {
    identity = await renewed(identity, now + i * year);
    const [leaf, root] = identity.certificates.map((der) => new X509Certificate(der));
    const ends = [leaf, root].map((each) => each?.validToDate.getTime() ?? 0) as [number, number];
    assert.ok(ends[0] <= ends[1] && ends[0] >= now + (i + 1.99) * year, `in year ${i}`);
    roots.add(named(identity.certificates[1]));
  }
  assert.equal(roots.size, 3);
});

test('an identity comes back from its JSON, and not with the key of another', async () => {
  const one = await makeAuthority(Date.now());
  const other = await makeAuthority(Date.now());
  assert.deepEqual(identityFromJson(identityToJson(one)), one);
  assert.throws(() => identityFromJson(identityToJson({ ...one, privateKey: other.privateKey })), /does not belong/);
});

test('a PKCS#12 file is read, or the operator learns what is wrong with it', async (t) => {
  const openssl = tool(t, 'openssl', 'openssl');
  if (!openssl) return;
  const folder = mkdtempSync(join(tmpdir(), 'inlay-p12-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string): string => join(folder, name);
  const made = ({ privateKey }: { privateKey: KeyObject }, ...how: string[]): Buffer => {
    writeFileSync(file('key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    openssl('req', '-x509', '-key', file('key.pem'), '-out', file('cert.pem'), '-subj', '/CN=Seal', '-days', '30');
    openssl('pkcs12', '-export', '-inkey', file('key.pem'), '-in', file('cert.pem'), '-out', file('p12'), '-passout', 'pass:grün', ...how);
    return readFileSync(file('p12'));
  };
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
  const good = made(elliptic);
  const { certificates } = await readPkcs12(good, 'grün');
  assert.equal(certificates.length, 1);
  assert.equal(new X509Certificate(certificates[0] ?? '').subject, 'CN=Seal');
  assert.equal((await readPkcs12(made(rsa(3072)), 'grün')).certificates.length, 1);

  await assert.rejects(readPkcs12(good, 'blau'), /password is wrong/);
  await assert.rejects(readPkcs12(Buffer.from('hello'), 'grün'), /not PKCS#12/);
  await assert.rejects(readPkcs12(made(elliptic, '-legacy'), 'grün'), /RC2 or 3DES/);
  await assert.rejects(readPkcs12(made(elliptic, '-nokeys'), 'grün'), /0 private keys/);
  await assert.rejects(readPkcs12(made(rsa(2048)), 'grün'), /too weak/);
  await assert.rejects(readPkcs12(made(generateKeyPairSync('ec', { namedCurve: 'prime192v1' })), 'grün'), /too weak/);
});
