import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, eventsOf, partner, rows, signerOf } from '../world/envelopes.ts';
import { assertSealed, documentOf, judges, signedParts } from '../world/judges.ts';
import { bytesAt, damage, hashOf, keptOf, type LinkData, linkTo, paperVaulted, uploadedTo, vaultedOf } from './vault-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

interface AccessLog {
  readonly vault: {
    readonly document_hash: string;
    readonly stored_at: string;
    readonly controller: { id: string; name: string } | null;
    readonly access_log: readonly { at: string; kind: string; detail: string | null; by: string | null }[];
  } | null;
}

const once = async (id: string): Promise<string> =>
  dataOf<LinkData>(await partner(platform, 'GET', `${id}/vault/copy/signed-url?single_use=true`)).signed_url;
const get = async (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
  const { statusCode, headers: answered, body } = await request(url, { method, headers });
  return { status: statusCode, headers: answered, bytes: Buffer.from(await body.arrayBuffer()) };
};
const vaultPart = async (id: string) => dataOf<AccessLog>(await partner(platform, 'GET', id)).vault;
const kinds = (id: string) => eventsOf(platform, id).map(({ kind }) => kind);

test('a paper is vaulted as it came, byte for byte, with a copy that says so on every page', async () => {
  const { id, bytes } = await paperVaulted(platform);
  const { signed_url } = await linkTo(platform, id);
  const { status, bytes: given } = await get(signed_url);
  assert.equal(status, 200);
  assert.deepEqual(given, bytes);
  const copy = await get((await linkTo(platform, id, 'vault/copy/signed-url')).signed_url);
  assert.notEqual(hashOf(copy.bytes), hashOf(bytes));
  assert.equal(hashOf(copy.bytes), keptOf(platform, id).copy?.sha256);
});

test('signatures that an uploaded file carries stay good in the authoritative file, and are not in the copy', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const { bytes: source, pages } = await documentOf(['Signed elsewhere.']);
  const identity = await makeAuthority(Date.now());
  const signed = await works.seal({ source, pages, marks: [], facts: null, reason: 'Signed elsewhere', identity, at: Date.now() });
  const { id } = await paperVaulted(platform, { bytes: signed });
  const given = await bytesAt((await linkTo(platform, id)).signed_url);
  assert.deepEqual(given, Buffer.from(signed));
  assertSealed(judge, given, identity);
  const copy = await bytesAt((await linkTo(platform, id, 'vault/copy/signed-url')).signed_url);
  const said = judge.pdfsig('-nocert', judge.keep('copy.pdf', copy));
  assert.equal(said.match(/Signature #/g)?.length, 1);
  assert.match(said, /Signature is Valid/);
  assert.ok(!copy.includes(signedParts(given).signature.subarray(0, 200).toString('hex')));
});

test('each way into the vault is for its own kind of envelope, and for one that is ready', async () => {
  const paper = await uploadedTo(platform);
  const wrong = await partner(platform, 'POST', `${paper.id}/vault-in-signed`);
  assert.deepEqual(
    [wrong.status, wrong.json],
    [409, { error: 'The envelope is on paper, not signed here: it is vaulted by vault-in-upload.' }],
  );
  const signed = await vaultedOf(platform);
  const other = await partner(platform, 'POST', `${signed}/vault-in-upload`);
  assert.deepEqual(
    [other.status, other.json],
    [409, { error: 'The envelope is signed here, not uploaded: it is vaulted by vault-in-signed.' }],
  );
  const answers = await Promise.all([1, 2, 3].map(() => partner(platform, 'POST', `${paper.id}/vault-in-upload`)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(kinds(paper.id).filter((kind) => kind === 'vault.stored').length, 1);
});

test('an address for a single reading gives its bytes once; asking for its length or for what one has does not count', async () => {
  const { id } = await paperVaulted(platform);
  const plain = await linkTo(platform, id, 'vault/copy/signed-url');
  assert.equal(plain.single_use, false);
  const url = await once(id);
  const { sha256 } = keptOf(platform, id).copy ?? { sha256: '' };
  assert.equal((await get(url, {}, 'HEAD')).status, 200);
  assert.equal((await get(url, { 'If-None-Match': `"${sha256}"` })).status, 304);
  assert.equal((await get(url, { Range: 'bytes=99999999-' })).status, 416);
  const first = await get(url);
  assert.deepEqual([first.status, hashOf(first.bytes)], [200, sha256]);
  for (const method of ['GET', 'HEAD'] as const) assert.equal((await get(url, {}, method)).status, 410, method);
  assert.equal((await get(plain.signed_url)).status, 200);
  assert.equal((await get(plain.signed_url)).status, 200);
});

test('a part of the file spends it as well, and the nonce belongs to the signature', async () => {
  const { id } = await paperVaulted(platform);
  const url = await once(id);
  for (const change of ['aaaa', '']) {
    const forged = new URL(url);
    if (change) forged.searchParams.set('once', change);
    else forged.searchParams.delete('once');
    assert.equal((await get(forged.href)).status, 404);
  }
  assert.equal((await get(url, { Range: 'bytes=0-9' })).status, 206);
  assert.equal((await get(url, { Range: 'bytes=10-19' })).status, 410);
});

test('of twenty who read a single-use address at once exactly one gets bytes, and four are let in at most', async () => {
  const { id } = await paperVaulted(platform);
  const url = await once(id);
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(url)));
  const given = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 410);
  const turnedAway = answers.filter(({ status }) => status === 429);
  assert.deepEqual([given.length, refused.length + turnedAway.length], [1, 19]);
  assert.ok(refused.length >= 3);
  for (const { bytes, headers } of [...refused, ...turnedAway]) {
    assert.ok(!bytes.includes('%PDF'));
    assert.equal(headers.etag, undefined);
  }
  assert.equal(kinds(id).filter((kind) => kind === 'vault.read').length, 1);
});

test('what is not a choice for single_use is a fault', async () => {
  const { id } = await paperVaulted(platform);
  const { status, json } = await partner(platform, 'GET', `${id}/vault/signed-url?single_use=yes`);
  assert.deepEqual([status, (json.details as { pointer: string }[])[0]?.pointer], [422, '/single_use']);
});

test('spent addresses are forgotten when nobody could use them any more', async () => {
  const { id } = await paperVaulted(platform);
  const url = await once(id);
  assert.equal((await get(url)).status, 200);
  const count = () => rows<{ n: number }>(platform, 'select count(*) as n from spent_links')[0]?.n;
  await platform.runJobs();
  assert.notEqual(count(), 0);
  platform.clock.now += 301_000;
  await platform.runJobs();
  assert.equal(count(), 0);
  assert.equal((await get(url)).status, 410);
});

test('whoever asks for an address or reads a file is in the access log, the newest first', async () => {
  const { id, bytes } = await paperVaulted(platform);
  const { signed_url } = await linkTo(platform, id);
  platform.clock.now += 1_000;
  assert.equal((await get(signed_url)).status, 200);
  const vault = await vaultPart(id);
  assert.ok(vault);
  assert.deepEqual([vault.document_hash, vault.controller?.name], [hashOf(bytes), 'Harbor Leasing']);
  const [read, linked, ...rest] = vault.access_log;
  assert.deepEqual(read, { at: new Date(platform.clock.now).toISOString(), kind: 'vault.read', detail: 'authoritative', by: '127.0.0.1' });
  assert.match(linked?.by ?? '', /^key [0-9a-f]{16}$/);
  assert.deepEqual([linked?.kind, linked?.detail], ['vault.linked', 'authoritative']);
  assert.ok(!(linked?.by ?? '').includes(platform.keys.loyva));
  assert.deepEqual(
    rest.map(({ kind }) => kind),
    ['vault.compliance.passed', 'vault.stored'],
  );
  for (let i = 0; i < 101; i++) await linkTo(platform, id);
  assert.equal((await vaultPart(id))?.access_log.length, 100);
});

test('a signer who reads the sealed file once it is vaulted is in the access log by name, and asking for what one has is no reading', async () => {
  const id = await create(platform);
  const ceremony = await signerOf(platform, id, 'ada@shop.example');
  assert.equal((await ceremony('GET', '')).status, 200);
  await complete(platform, id);
  assert.equal((await ceremony('GET', '/document')).status, 200);
  assert.ok(!kinds(id).includes('vault.read'));
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 200);
  platform.clock.now += 1_000;
  const file = await ceremony('GET', '/document');
  assert.equal(file.status, 200);
  const vault = await vaultPart(id);
  assert.deepEqual(vault?.access_log[0], {
    at: new Date(platform.clock.now).toISOString(),
    kind: 'vault.read',
    detail: 'authoritative',
    by: 'ada@shop.example',
  });
  const etag = file.headers.get('etag') ?? '';
  assert.equal((await ceremony('GET', '/document', undefined, { 'If-None-Match': etag })).status, 304);
  assert.equal((await ceremony('HEAD', '/document')).status, 200);
  assert.deepEqual((await vaultPart(id))?.access_log, vault?.access_log);
});

test('before it is vaulted there is nothing to tell', async () => {
  const { id } = await uploadedTo(platform);
  assert.equal(await vaultPart(id), null);
});

test('a damaged file is refused and recorded once, however often it is asked for', async () => {
  const { id } = await paperVaulted(platform);
  const { authoritative } = keptOf(platform, id);
  assert.ok(authoritative);
  const { signed_url } = await linkTo(platform, id);
  const repair = damage(platform, authoritative);
  for (let i = 0; i < 3; i++) assert.equal((await get(signed_url)).status, 500);
  assert.equal(platform.reported.splice(0).length, 3);
  assert.equal(kinds(id).filter((kind) => kind === 'vault.tampered').length, 1);
  repair();
  assert.equal((await get(signed_url)).status, 200);
});
