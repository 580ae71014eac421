import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { partner, rows } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform({ webhookAllow: ['http://127.0.0.1:9000'] });
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const set = (body: unknown, key?: string) => partner(platform, 'PATCH', '/api/v2/partner/webhook', body, key);
const secret = 'canary-of-a-webhook-secret';
const url = 'https://hooks.partner.example/loyva';

test('address and secret are set, each for itself, left as they are and cleared; the secret is never told', async () => {
  const steps: readonly [body: object, webhook_url: string | null, webhook_secret_set: boolean][] = [
    [{}, null, false],
    [{ webhook_url: url }, url, false],
    [{ webhook_secret: secret }, url, true],
    [{ webhook_url: `${url}/2`, unknown: { deep: 1 } }, `${url}/2`, true],
    [{ webhook_url: null }, null, true],
    [{ webhook_url: url, webhook_secret: null }, url, false],
    [{ webhook_secret: secret }, url, true],
  ];
  for (const [body, webhook_url, webhook_secret_set] of steps) {
    const answer = await set(body);
    assert.deepEqual([answer.status, answer.json], [200, { data: { webhook_url, webhook_secret_set } }], JSON.stringify(body));
    assert.ok(!answer.text.includes(secret));
  }
});

test('the secret lies sealed, under its own account', async () => {
  assert.equal((await set({ webhook_secret: secret })).status, 200);
  for (const name of ['platform.db', 'platform.db-wal'])
    assert.ok(!(await readFile(join(platform.dataDir, name)).catch(() => Buffer.alloc(0))).includes(secret), name);
  assert.equal(rows<{ n: number }>(platform, 'select count(*) as n from webhooks where secret is not null')[0]?.n, 1);
});

test('an account sees and sets its own only', async () => {
  assert.equal((await set({ webhook_url: url })).status, 200);
  const others = await platform.seed('Another quay');
  assert.deepEqual((await set({}, others.loyva)).json, { data: { webhook_url: null, webhook_secret_set: false } });
  assert.deepEqual((await set({ webhook_url: null }, others.loyva)).json, { data: { webhook_url: null, webhook_secret_set: false } });
  assert.equal(((await set({})).json.data as { webhook_url: string }).webhook_url, url);
});

test('what is no address of a public host, or no secret, is refused at its place and changes nothing', async () => {
  assert.equal((await set({ webhook_url: url })).status, 200);
  const refused: readonly [body: object, pointers: string[]][] = [
    [{ webhook_url: 'http://hooks.partner.example/' }, ['/webhook_url']],
    [{ webhook_url: 'https://169.254.169.254/' }, ['/webhook_url']],
    [{ webhook_url: 'https://127.0.0.1:9000/' }, ['/webhook_url']],
    [{ webhook_url: '' }, ['/webhook_url']],
    [{ webhook_url: 'http://localhost:1', webhook_secret: 'short' }, ['/webhook_url', '/webhook_secret']],
    [{ webhook_url: 7, webhook_secret: 'short' }, ['/webhook_url', '/webhook_secret']],
    [{ webhook_url: null, webhook_secret: '' }, ['/webhook_secret']],
  ];
  for (const [body, pointers] of refused) {
    const { status, json } = await set(body);
    assert.deepEqual(
      [status, (json.details as { pointer: string }[]).map(({ pointer }) => pointer)],
      [422, pointers],
      JSON.stringify(body),
    );
  }
  assert.equal(((await set({})).json.data as { webhook_url: string }).webhook_url, url);
  assert.equal((await set({ webhook_url: 'http://127.0.0.1:9000/hooks' })).status, 200);
});

test('of two changes at once neither loses the other’s', async () => {
  await set({ webhook_url: null, webhook_secret: null });
  await Promise.all([set({ webhook_url: url }), set({ webhook_secret: secret })]);
  assert.deepEqual((await set({})).json, { data: { webhook_url: url, webhook_secret_set: true } });
});
