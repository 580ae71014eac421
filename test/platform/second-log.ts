import { createHash } from 'node:crypto';

/** The Merkle tree of RFC 9162 section 2.1, written from the text: a second reader that shares nothing with the platform's own. */

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH(D[n]) of the leaves' texts. */
export function rootOf(leaves: readonly string[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), Buffer.from(first));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}
