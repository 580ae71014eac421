import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vaultKills } from '../../soak/vault-kills.ts';

test('killed at random moments on the way into the vault and out of it, there is one authoritative copy or an acknowledged tombstone', async (t) => {
  const { failures } = await vaultKills({ count: 2, seed: Math.floor(Math.random() * 2 ** 32), say: (line) => t.diagnostic(line) });
  assert.deepEqual(failures, []);
});
