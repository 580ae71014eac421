import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gathered } from '../../server/http/body/gathered.ts';

test('whatever pieces bytes come in, they are together as they came', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      const content = gathered();
      for (const piece of pieces) content.add(piece);
      assert.deepEqual(content.bytes(), Buffer.concat(pieces));
    }),
  );
});
