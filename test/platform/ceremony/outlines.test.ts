import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OutlineAnswer } from '../../../shared/signing/ceremony.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, embedToken, sendEnvelope, signerWith } from './ceremony-stage.ts';

let platform: StartedPlatform;
let signer: ReturnType<typeof signerWith>;
before(async () => {
  platform = await startPlatform();
  signer = signerWith(platform, await embedToken(platform, await sendEnvelope(platform), ada.email));
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const look = async (body: object) => {
  const { status, json } = await signer.send('POST', '/outline', body);
  return { status, json: json as unknown as OutlineAnswer & { errors: { pointer: string; code: string; params?: object }[] } };
};

test('the look of a typed signature is told only to a signer whose turn it is and who has agreed', async () => {
  assert.equal((await look({ text: '山田太郎' })).status, 409);
  await signer.consent();
  assert.equal((await look({ text: '山田太郎' })).status, 200);
});

test('a look is as wide as it is drawn, in outlines above and below one baseline', async () => {
  for (const [text, ems] of [
    ['山田太郎', 4],
    ['김민준', 2.76],
  ] as const) {
    const { json } = await look({ text });
    assert.ok(Math.abs(json.width - ems) < 0.01, `${text}: ${json.width}`);
    const numbers = [...json.path.matchAll(/-?\d+/g)].map(([number]) => Number(number));
    const [xs, ys] = [0, 1].map((odd) => numbers.filter((_, i) => i % 2 === odd)) as [number[], number[]];
    assert.ok(Math.min(...xs) >= 0 && Math.max(...xs) <= json.width * 1000 && Math.max(...xs) > json.width * 900);
    assert.ok(Math.min(...ys) < -600 && Math.max(...ys) < 300, 'downwards, from the baseline');
  }
});

test('the characters of a look are those of the language it is asked in', async () => {
  const [plain, japanese, again] = await Promise.all(
    [{}, { lang: 'ja' }, { lang: 'zh-Hans' }].map((more) => look({ text: '直', ...more })),
  );
  assert.notEqual(plain?.json.path, japanese?.json.path);
  assert.equal(plain?.json.path, again?.json.path);
});

test('of a text that cannot be signed with there is no look, and the reason is told', async () => {
  const { status, json } = await look({ text: 'Ada 😀' });
  assert.deepEqual(
    [status, json.errors[0]?.pointer, json.errors[0]?.code, json.errors[0]?.params],
    [422, '/text', 'glyph', { characters: '😀' }],
  );
  assert.equal((await look({ text: 'x'.repeat(101) })).status, 422);
  assert.equal((await look({ text: 'Ada', pad: 'x'.repeat(5_000) })).status, 413);
});

test('looks are given out 120 times a minute, each signer’s own', async () => {
  for (let i = 0; i < 120; i++) if ((await look({ text: 'Ada Щ' })).status === 429) break;
  const { status, headers } = await signer.send('POST', '/outline', { text: 'Ada Щ' });
  assert.equal(status, 429);
  assert.match(headers.get('retry-after') ?? '', /^\d+$/);
  const other = signerWith(platform, await embedToken(platform, await sendEnvelope(platform), ada.email));
  await other.consent();
  assert.equal((await other.send('POST', '/outline', { text: 'Ada Щ' })).status, 200);
});
