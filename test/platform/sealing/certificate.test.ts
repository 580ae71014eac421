import assert from 'node:assert/strict';
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { bytesAt, hashOf, keptOf, paperVaulted, release, uploadedTo, vaultedOf } from '../vault/vault-stage.ts';
import { dataOf, meddle, partner, rows } from '../world/envelopes.ts';
import { judges } from '../world/judges.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

interface CertificateData extends Record<string, unknown> {
  readonly document_hash: string;
  readonly checks: readonly { satisfied: boolean }[];
  readonly log: { origin: string; leaf: number; size: number; checkpoint: string };
  readonly custody_record: { filename: string; sha256: string; signed_url?: string; expires_at?: string };
  readonly jws?: string;
}
const certify = async (id: string): Promise<CertificateData> => {
  const answer = await partner(platform, 'GET', `${id}/vault/certificate`);
  assert.equal(answer.status, 200, answer.text);
  return dataOf<CertificateData>(answer);
};
const keys = async (on = platform) => (await (await fetch(`${on.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
/** What is signed: all but what is good for a while only. */
const signedPart = ({ jws, ...certificate }: CertificateData) => {
  const { filename, sha256 } = certificate.custody_record;
  return { ...certificate, custody_record: { filename, sha256 } };
};

test('a certificate says what lies in the vault, whose it is, what the checks found and where the log has it', async () => {
  const { id, bytes } = await paperVaulted(platform, { text: 'Charter of the Alma' });
  const { checks, log, custody_record, legal_notices, jws, ...rest } = await certify(id);
  const { customer_id } = dataOf<{ customer_id: string }>(await partner(platform, 'GET', id));
  const [account] = rows<{ id: string }>(platform, 'select id from accounts');
  assert.deepEqual(rest, {
    certificate_type: 'ucc_9105_electronic_chattel_paper',
    certificate_version: '1.0',
    issued_at: new Date(platform.clock.now).toISOString(),
    subject: { envelope_id: id, envelope_name: 'Charter of the Alma', customer_id, status: 'vaulted' },
    secured_party: { id: account?.id, name: 'Harbor Leasing' },
    document_hash: hashOf(bytes),
  });
  assert.deepEqual(
    checks.map(({ satisfied }) => satisfied),
    Array(8).fill(true),
  );
  assert.ok((legal_notices as string[]).length > 0);
  const [leaf] = rows<{ seq: number }>(platform, `select seq from log_leaf where kind = 'vault.stored' order by seq desc`);
  assert.equal(log.leaf, leaf?.seq);
  assert.ok(log.size > log.leaf);
  assert.equal(log.checkpoint.split('\n')[0], log.origin);
  assert.equal(custody_record.filename, `${id}_custody.pdf`);
  assert.equal(custody_record.sha256, keptOf(platform, id).custody?.sha256);
  assert.equal(hashOf(await bytesAt(custody_record.signed_url ?? '')), custody_record.sha256);
  assert.equal(jws?.split('.').length, 3);
});

test('its signature is good by jose and by another reader, and covers all of it but the addresses', async () => {
  const certificate = await certify(await vaultedOf(platform));
  const set = await keys();
  const { payload, protectedHeader } = await compactVerify(certificate.jws ?? '', createLocalJWKSet(set));
  assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), signedPart(certificate));
  assert.deepEqual([protectedHeader.alg, protectedHeader.typ], ['ES256', 'ucc-certificate+jwt']);
  const key = set.keys.find(({ kid }) => kid === protectedHeader.kid);
  assert.ok(key && !('d' in key));
  // RFC 7515 section 5.2 by hand: the signature is over the two parts before it as they stand.
  const [header = '', body = '', signature = ''] = (certificate.jws ?? '').split('.');
  const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  const judged = (text: string) =>
    verify('sha256', Buffer.from(text), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  assert.equal(judged(`${header}.${body}`), true);
  assert.equal(judged(`${header}.${body.slice(0, -1)}`), false);
});

test('before it is vaulted there is none; while it is frozen it says so', async () => {
  const { id } = await uploadedTo(platform);
  assert.equal((await partner(platform, 'GET', `${id}/vault/certificate`)).status, 404);
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-upload`)).status, 200);
  await release(platform, id);
  assert.equal(((await certify(id)).subject as { status: string }).status, 'released');
});

test('what was vaulted before there were custody records gets one with its first certificate, of all until then', async (t) => {
  const { id } = await paperVaulted(platform);
  meddle(platform, `update envelopes set custody = null, compliance = null where id = '${id}'`);
  const { custody_record } = await certify(id);
  const record = await bytesAt(custody_record.signed_url ?? '');
  assert.equal(hashOf(record), custody_record.sha256);
  assert.equal((await certify(id)).custody_record.sha256, custody_record.sha256);
  const judge = judges(t);
  if (!judge) return;
  const said = judge.pdftotext('-layout', judge.keep('late.pdf', record), '-');
  assert.match(said, /Uploaded as it was signed/);
  assert.doesNotMatch(said, /vault\.[a-z]/, 'what happened after it was vaulted, in no words for people');
});

test('the key is made once: after a restart the same one signs', async (t) => {
  // The last one: whoever starts again on these data makes new partner keys.
  const before = await keys();
  const again = await startPlatform({ dataDir: platform.dataDir, key: platform.key });
  t.after(() => again.close());
  assert.deepEqual(await keys(again), before);
});
