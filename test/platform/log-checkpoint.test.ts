import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../start-platform.ts';
import { complete, create, dataOf, partner, rows } from './envelopes.ts';
import { rootOf } from './second-log.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const text = async (path: string): Promise<string> => {
  const answer = await fetch(platform.url + path);
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'text/plain; charset=utf-8']);
  return answer.text();
};
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** Checks a note by c2sp.org/signed-note and c2sp.org/tlog-checkpoint alone; what it says. */
function opened(note: string, key: string): { origin: string; size: number; root: string } {
  const [, name = '', mark = '', data = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?$/.exec(key) ?? [];
  const keyData = Buffer.from(data, 'base64');
  assert.equal(keyData[0], 1, 'Ed25519');
  assert.equal(
    sha256(Buffer.from(`${name}\n`), keyData)
      .subarray(0, 4)
      .toString('hex'),
    mark,
  );
  const cut = note.lastIndexOf('\n\n');
  const signed = note.slice(0, cut + 1);
  const [, signer, signature = ''] = /^— (\S+) (\S+)\n$/.exec(note.slice(cut + 2)) ?? [];
  assert.equal(signer, name);
  const bytes = Buffer.from(signature, 'base64');
  assert.equal(bytes.subarray(0, 4).toString('hex'), mark);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), keyData.subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  assert.ok(verify(null, Buffer.from(signed), publicKey, bytes.subarray(4)), 'the signature');
  const [origin = '', size = '', root = '', ...rest] = signed.split('\n');
  assert.deepEqual(rest, ['']);
  return { origin, size: Number(size), root };
}

test('the signed head of the log is checked by its key alone, and is the root of the leaves that are kept', async () => {
  const key = await text('/log/key');
  assert.deepEqual(opened(await text('/log/checkpoint'), key), {
    origin: `${new URL(platform.url).host}/log`,
    size: 0,
    root: sha256().toString('base64'),
  });
  await create(platform);
  const head = opened(await text('/log/checkpoint'), key);
  const leaves = rows<{ leaf: string }>(platform, 'select leaf from log_leaf order by seq').map(({ leaf }) => leaf);
  assert.ok(leaves.length > 0);
  assert.deepEqual([head.size, head.root], [leaves.length, rootOf(leaves).toString('base64')]);
  assert.equal(await text('/log/key'), key);
});

test('a certificate says where in the log the vaulting stands, under a head that covers it', async () => {
  const id = await create(platform);
  await complete(platform, id);
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 200);
  const certificate = await partner(platform, 'GET', `${id}/vault/certificate`);
  assert.equal(certificate.status, 200, certificate.text);
  const { log } = dataOf<{ log: { origin: string; leaf: number; size: number; checkpoint: string } }>(certificate);
  const head = opened(log.checkpoint, await text('/log/key'));
  assert.deepEqual([head.origin, head.size], [log.origin, log.size]);
  assert.ok(log.leaf < log.size);
  const [row] = rows<{ leaf: string }>(platform, 'select leaf from log_leaf where seq = ?', log.leaf);
  const leaf = JSON.parse(row?.leaf ?? '{}') as { kind: string; about: { envelope: string } };
  assert.deepEqual([leaf.kind, leaf.about.envelope], ['vault.stored', id]);
});
