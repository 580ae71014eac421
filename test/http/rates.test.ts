import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRates } from '../../server/http/rates.ts';

test('in no minute, wherever it begins, more calls are let in than the limit; and one is, as soon as there is room', () => {
  const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30_000 })), { maxLength: 200 });
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 8 }), (waits, limit) => {
      let now = 59_999;
      const rates = createRates(() => now);
      const letIn: number[] = [];
      for (const wait of waits) {
        now += wait;
        const inMinute = letIn.filter((at) => at > now - 60_000).length;
        const { within, remaining, resetAt } = rates.spend('a', limit);
        assert.equal(within, inMinute < limit);
        assert.equal(remaining, Math.max(0, limit - inMinute - 1));
        if (within) letIn.push(now);
        assert.equal(resetAt, (letIn.find((at) => at > now - 60_000) ?? now) + 60_000);
      }
    }),
  );
});

test('names are counted apart, and a clock that is set back an hour shuts nobody out', () => {
  let now = 10_000_000;
  const rates = createRates(() => now);
  assert.deepEqual([rates.spend('a', 1).within, rates.spend('a', 1).within, rates.spend('b', 1).within], [true, false, true]);
  now -= 3_600_000;
  assert.deepEqual([rates.spend('a', 1).within, rates.spend('a', 1).within], [true, false]);
});
