import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pathOf, pointerTo } from '../../shared/json-pointer.ts';

test('a pointer names every place, whatever signs its name has, and is read back as it was written', () => {
  assert.deepEqual([pointerTo(), pointerTo('a', 0), pointerTo('a/b', 'm~n'), pointerTo('')], ['', '/a/0', '/a~1b/m~0n', '/']);
  assert.deepEqual(pathOf('/~01'), ['~1']);
  const name = fc.array(fc.constantFrom('~', '/', '0', '1', 'a', ' '), { maxLength: 6 }).map((signs) => signs.join(''));
  fc.assert(fc.property(fc.array(name), (path) => assert.deepEqual(pathOf(pointerTo(...path)), path)));
});
