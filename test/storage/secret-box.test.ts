import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { secretBox } from '../../server/storage/secret-box.ts';

const box = secretBox(randomBytes(32));
const about = ['credential', 'prt_a', 'cus_b'];

test('whatever is sealed is opened again under the same name, and is not in the box', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), (plain, name) => {
      const sealed = box.seal(plain, name);
      assert.equal(box.open(sealed, name), plain);
      if (Buffer.byteLength(plain) > 4) assert.ok(!sealed.includes(plain));
    }),
  );
});

test('a box opens under no other name, however its parts are cut', () => {
  const sealed = box.seal('secret', about);
  for (const other of [
    [],
    ['credential', 'prt_a'],
    ['credential', 'prt_a', 'cus_c'],
    ['credentialprt_a', 'cus_b'],
    [...about, ''],
    ['credential', 'cus_b', 'prt_a'],
    ['credential","prt_a', 'cus_b'],
  ])
    assert.throws(() => box.open(sealed, other), /authenticate/);
});

test('a box with any bit flipped, or any byte missing or added, does not open', () => {
  const sealed = box.seal('a secret of some length', about);
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
      assert.throws(() => box.open(changed, about));
    }),
    { numRuns: 500 },
  );
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    assert.throws(() => box.open(changed, about), `byte ${at}`);
    assert.throws(() => box.open(sealed.subarray(0, at), about), `cut at ${at}`);
  }
  assert.throws(() => box.open(Buffer.concat([sealed, Buffer.of(0)]), about));
});

test('another master key is told as that, and has another name', () => {
  const other = secretBox(randomBytes(32));
  assert.notEqual(other.keyId, box.keyId);
  assert.throws(() => other.open(box.seal('secret', about), about), /another master key/);
});

test('the same text gives another box each time, and the same fingerprint under the same key only', () => {
  const boxes = Array.from({ length: 100 }, () => box.seal('secret', about).toString('hex'));
  assert.equal(new Set(boxes).size, 100);
  assert.equal(box.fingerprint('secret'), box.fingerprint('secret'));
  assert.notEqual(box.fingerprint('secret'), box.fingerprint('Secret'));
  assert.notEqual(secretBox(randomBytes(32)).fingerprint('secret'), box.fingerprint('secret'));
});

test('one master key gives one box, at any time', () => {
  const master = randomBytes(32);
  assert.equal(secretBox(master).open(secretBox(master).seal('kept', about), about), 'kept');
});
