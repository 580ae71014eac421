/** The append-only log's tree (RFC 9162 section 2.1): how leaves and nodes are hashed, and a root from nothing but its peaks. */

export type Hash = (...parts: readonly Uint8Array[]) => Uint8Array;

/** Roots of the perfect subtrees that make up a tree of `size` leaves, largest first: all that is needed to append and to know the root. */
export interface Peaks {
  readonly size: number;
  readonly roots: readonly Uint8Array[];
}

export const noPeaks: Peaks = { size: 0, roots: [] };

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

/** MTH({d}) = SHA-256(0x00 || d). */
export const leafHash = (sha256: Hash, leaf: Uint8Array): Uint8Array => sha256(leafMark, leaf);

/** The tree with one leaf more. */
export function push(sha256: Hash, { size, roots }: Peaks, leaf: Uint8Array): Peaks {
  const next = [...roots];
  let node = leaf;
  for (let n = size; n % 2 === 1; n = (n - 1) / 2) {
    const left = next.pop();
    if (!left) throw new RangeError('The peaks do not belong to a tree of that size.');
    node = sha256(nodeMark, left, node);
  }
  return { size: size + 1, roots: [...next, node] };
}

/** MTH(D[n]); for the empty tree the hash of nothing. */
export function rootOf(sha256: Hash, { roots }: Peaks): Uint8Array {
  const last = roots.at(-1);
  if (!last) return sha256();
  return roots.slice(0, -1).reduceRight((right, left) => sha256(nodeMark, left, right), last);
}
