import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPartnerKey, makePartnerKey } from '../../server/gateway/domain/registry/partner-keys.ts';
import { formatId, type IdKind, idPattern, idPrefixes } from '../../shared/ids.ts';
import { isCanonicalJwt } from '../../shared/jwt-form.ts';

const kinds = Object.keys(idPrefixes) as IdKind[];

test('an id is its prefix and RFC 4648 base32 of its bytes, in lower case', () => {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.uint8Array({ minLength: 15, maxLength: 15 }), (kind, bytes) => {
      const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const text = (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('');
      assert.equal(formatId(kind, bytes), `${idPrefixes[kind]}_${text}`);
      assert.match(formatId(kind, bytes), idPattern(kind));
      for (const other of kinds) if (idPrefixes[other] !== idPrefixes[kind]) assert.doesNotMatch(formatId(kind, bytes), idPattern(other));
    }),
  );
  assert.equal(formatId('partner', new Uint8Array(15)), `prt_${'a'.repeat(24)}`);
  assert.equal(formatId('partner', new Uint8Array(15).fill(255)), `prt_${'7'.repeat(24)}`);
});

test('an id is made of fifteen bytes, and every kind has a prefix of its own', () => {
  for (const length of [0, 14, 16]) assert.throws(() => formatId('run', new Uint8Array(length)), RangeError);
  assert.equal(new Set(Object.values(idPrefixes)).size, kinds.length);
});

test('a partner key is lk_, 32 digits and the first eight of their SHA-256; the first digit says the mode', () => {
  for (let n = 0; n < 200; n += 1)
    for (const mode of ['live', 'test'] as const) {
      const key = makePartnerKey(mode);
      assert.match(key, mode === 'live' ? /^lk_[0-7][0-9a-f]{39}$/ : /^lk_[89a-f][0-9a-f]{39}$/);
      assert.equal(createHash('sha256').update(key.slice(3, 35)).digest('hex').slice(0, 8), key.slice(35));
      assert.ok(isPartnerKey(key));
    }
});

test('a key with any one character changed, left out, doubled or swapped is refused without a look into the database', () => {
  const signs = [...'0123456789abcdefABCDEFlk_gG -'];
  const key = makePartnerKey('live');
  for (let at = 0; at < key.length; at += 1) {
    for (const sign of signs) if (sign !== key[at]) assert.ok(!isPartnerKey(key.slice(0, at) + sign + key.slice(at + 1)), `${at} ${sign}`);
    assert.ok(!isPartnerKey(key.slice(0, at) + key.slice(at + 1)));
    assert.ok(!isPartnerKey(key.slice(0, at) + key[at] + key.slice(at)));
    const swapped = key.slice(0, at) + (key[at + 1] ?? '') + key[at] + key.slice(at + 2);
    if (swapped !== key) assert.ok(!isPartnerKey(swapped));
  }
  for (const text of ['', `${key} `, `${key}\n`, key.toUpperCase()]) assert.ok(!isPartnerKey(text));
});

test('a JWT has one spelling', () => {
  const segment = fc.uint8Array({ minLength: 1, maxLength: 90 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
  fc.assert(
    fc.property(segment, segment, segment, (a, b, c) => {
      const token = `${a}.${b}.${c}`;
      assert.ok(isCanonicalJwt(token));
      for (const other of [
        `${token}=`,
        ` ${token}`,
        `${token}\n`,
        `${a}.${b}`,
        `${token}.`,
        `.${b}.${c}`,
        `${a}..${c}`,
        `${token}.${a}`,
        `${a}+.${b}.${c}`,
      ])
        assert.ok(!isCanonicalJwt(other), other);
      assert.ok(!isCanonicalJwt(token, token.length - 1));
    }),
  );
  const signs = fc.constantFrom(...'ABCQZabcgwz0489-_+/=. ');
  const text = fc.array(signs, { maxLength: 9 }).map((all) => all.join(''));
  const encodesItself = (part: string) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      const token = `${a}.${b}.${c}`;
      assert.equal(isCanonicalJwt(token), token.split('.').length === 3 && [a, b, c].every(encodesItself), token);
    }),
    { numRuns: 2_000 },
  );
});
