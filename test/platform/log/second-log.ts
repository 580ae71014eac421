import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';

/** A log's second reader, written from the texts: it shares nothing with the platform's own. */

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH(D[n]) of the leaves' texts (RFC 9162 section 2.1). */
export function rootOf(leaves: readonly string[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), Buffer.from(first));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** Checks a note by its verifier key (c2sp.org/signed-note, c2sp.org/tlog-checkpoint); what it says. */
export function opened(note: string, key: string): { origin: string; size: number; root: string } {
  const [, name = '', mark = '', data = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?$/.exec(key) ?? [];
  const keyData = Buffer.from(data, 'base64');
  assert.equal(keyData[0], 1, 'Ed25519');
  assert.equal(
    sha256(Buffer.from(`${name}\n`), keyData)
      .subarray(0, 4)
      .toString('hex'),
    mark,
  );
  const cut = note.lastIndexOf('\n\n');
  const signed = note.slice(0, cut + 1);
  const [, signer, signature = ''] = /^— (\S+) (\S+)\n$/.exec(note.slice(cut + 2)) ?? [];
  assert.equal(signer, name);
  const bytes = Buffer.from(signature, 'base64');
  assert.equal(bytes.subarray(0, 4).toString('hex'), mark);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), keyData.subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  assert.ok(verify(null, Buffer.from(signed), publicKey, bytes.subarray(4)), 'the signature');
  const [origin = '', size = '', root = '', ...rest] = signed.split('\n');
  assert.deepEqual(rest, ['']);
  return { origin, size: Number(size), root };
}
