import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitIn } from '../../../server/gateway/vendors/retry-after.ts';

const waits = (said: string | string[] | undefined, most = 600_000) => waitIn({ headers: { 'retry-after': said } }, most);

test('Retry-After is read as seconds or as a date, and never for longer than whoever reads it would wait', () => {
  assert.deepEqual(
    [waits('0'), waits('7'), waits('601'), waits('601', 3_600_000), waits('99', Infinity)],
    [0, 7_000, 600_000, 601_000, 99_000],
  );
  const inAMinute = waits(new Date(Date.now() + 60_000).toUTCString()) ?? 0;
  assert.ok(inAMinute > 58_000 && inAMinute <= 60_000, `${inAMinute} ms`);
  assert.deepEqual([waits('Sun, 06 Nov 1994 08:49:37 GMT'), waits(new Date(Date.now() + 3_600_000).toUTCString())], [0, 600_000]);
});

test('Retry-After that says nothing asks for nothing', () => {
  for (const said of [undefined, '', 'soon', '1234567890123', ['1', '2']]) assert.equal(waits(said), undefined, String(said));
});
