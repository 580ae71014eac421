import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, redact } from '../../server/log.ts';

test('secrets and addresses are left out of what is logged, wherever they stand', () => {
  const secrets = [
    'lk_0123456789abcdef',
    'slp_abcdefgh1',
    'sk_live_abcd',
    'whsec_abcd+/efgh',
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
    'ada+tag@nordin.example',
  ];
  for (const secret of secrets)
    for (const [before, after] of [
      ['', ''],
      ['(', ')'],
      ['"', '"'],
      ['a-', ' x'],
    ])
      assert.ok(!redact(`${before}${secret}${after}`).includes(secret.slice(4, -1)), `${before}${secret}`);
  assert.equal(redact('at #0123456789abcdef-gh, Bearer abcdefghijklmnop.'), 'at #[redacted], Bearer [redacted]');
  assert.equal(redact('#0123456789abcdef+ada@nordin.example'), '#[redacted]');
  assert.equal(redact('env_4c7lq2vxn5ar was sent at 10:00'), 'env_4c7lq2vxn5ar was sent at 10:00');
});

test('a long line costs no more for each of its letters than a short one', () => {
  const half = 200_000;
  const lines = ['a', 'a.', 'a-', 'eyJ-', 'eyJa.', 'a@', '@a', 'token=', '#', 'lk_', 'whsec_'].map((piece) =>
    piece.repeat(half / piece.length),
  );
  for (const line of [...lines, `${'a'.repeat(half)}@${'b'.repeat(half)}`, `${'a-'.repeat(half / 2)}@${'b-'.repeat(half / 2)}`]) {
    const start = performance.now();
    redact(line);
    // A few milliseconds; by the square of its length it would take minutes.
    assert.ok(performance.now() - start < 5_000, `${line.slice(0, 8)}…: ${performance.now() - start} ms`);
  }
});

test('what failed is told with all that it came of', () => {
  const lines: string[] = [];
  const log = createLog('gateway', (line) => lines.push(line));
  const cut = new Error('The deadline passed.');
  log.error(new Error('unavailable', { cause: new Error('POST failed', { cause: cut }) }), 'run_a');
  log.error(new Error('alone'), 'run_b');
  const told = lines.map((line) => JSON.parse(line).cause);
  assert.deepEqual(told, ['Error: POST failed < Error: The deadline passed.', undefined]);
});
