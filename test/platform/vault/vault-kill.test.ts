import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, eventsOf, partner } from '../world/envelopes.ts';

test('killed when the copy was just written, the envelope is completed still, and vaulted once when asked again', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-vault-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const key = randomBytes(32);
  const first = await startPlatform({ dataDir, key });
  const id = await create(first);
  await complete(first, id);
  await first.close();

  const child = fork(new URL('./vaulting.child.ts', import.meta.url), [dataDir, key.toString('hex'), id]);
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGKILL');

  const again = await startPlatform({ dataDir, key });
  t.after(() => again.close());
  assert.equal(dataOf(await partner(again, 'GET', id)).status, 'completed');
  const answers = await Promise.all([1, 2].map(() => partner(again, 'POST', `${id}/vault-in-signed`)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  assert.equal(eventsOf(again, id).filter(({ kind }) => kind === 'vault.stored').length, 1);
  const { signed_url } = dataOf<{ signed_url: string }>(await partner(again, 'GET', `${id}/vault/copy/signed-url`));
  assert.equal((await fetch(signed_url)).status, 200);
});
