import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, partner, rows } from '../world/envelopes.ts';
import { opened, rootOf } from './second-log.ts';

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

test('the signed head of the log is checked by its key alone, and is the root of the leaves that are kept', async () => {
  const key = await text('/log/key');
  assert.deepEqual(opened(await text('/log/checkpoint'), key), {
    origin: `${new URL(platform.url).host}/log`,
    size: 0,
    root: createHash('sha256').digest('base64'),
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
