import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, embedToken, jonas, linkToken, sendEnvelope } from '../ceremony/ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const view = (token: string) => call(platform, 'GET', ceremonyPath, { Authorization: `Bearer ${token}` });

/** Asks so often, a few at once; how often each status was answered, and the last answer. */
async function often(count: number, ask: () => ReturnType<typeof view>) {
  const statuses = new Map<number, number>();
  let last = await ask();
  statuses.set(last.status, 1);
  for (let left = count - 1; left > 0; left -= 20) {
    const answers = await Promise.all(Array.from({ length: Math.min(20, left) }, ask));
    for (const each of answers) statuses.set(each.status, (statuses.get(each.status) ?? 0) + 1);
    last = answers.at(-1) ?? last;
  }
  return { statuses, last };
}

test('a signing link has 300 calls a minute, says what is left, and takes nothing from another signer', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas] });
  const token = await linkToken(platform, id, ada.email);
  const first = await view(token);
  assert.deepEqual(
    [first.status, first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')],
    [200, '"minute";q=300;w=60', '"minute";r=299;t=60'],
  );
  const { statuses, last } = await often(301, () => view(token));
  assert.deepEqual([statuses.get(200), statuses.get(429)], [299, 2]);
  assert.deepEqual([last.status, last.json.code, last.headers.get('retry-after')], [429, 'rate-limited', '60']);
  assert.equal((await view(await linkToken(platform, id, jonas.email))).status, 200);
  assert.equal((await view(await embedToken(platform, id, ada.email))).status, 200);
  platform.clock.now += 60_000;
  assert.equal((await view(token)).status, 200);
});

test('whoever tries links is turned away after 3,000 a minute from one address; those who come by a gateway are not', async () => {
  platform.clock.now += 60_000;
  const id = await sendEnvelope(platform);
  const { statuses } = await often(3_001, () => view('x'.repeat(43)));
  assert.deepEqual([statuses.get(401), statuses.get(429)], [3_000, 1]);
  assert.equal((await view(await embedToken(platform, id, ada.email))).status, 200);
});
