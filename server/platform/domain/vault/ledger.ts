/** Where an act stands in the platform's log, with a head that covers it: the leaf's place from 0, its exact text and its hash in base64 (RFC 9162 section 2.1.1), the tree's size, and the signed checkpoint. */
export interface LogPlace {
  readonly origin: string;
  readonly leaf: number;
  readonly leaf_text: string;
  readonly leaf_hash: string;
  readonly size: number;
  readonly checkpoint: string;
}

export interface Ledger {
  /** The newest event of this kind of this envelope. */
  ofEvent(envelopeId: string, kind: string): Promise<LogPlace>;
  /** The newest head, signed (c2sp.org/tlog-checkpoint). */
  checkpoint(): Promise<string>;
  /** What checks it (c2sp.org/signed-note). */
  verifierKey(): string;
}

interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

interface Options {
  leafOf(envelopeId: string, kind: string): Promise<number | undefined>;
  head(): Promise<Head>;
  /** A leaf's exact text and its hash. */
  leaf(place: number): Promise<{ leaf: string; hash: string }>;
  /** Signs a head of the log of this name. */
  sign(origin: string, head: Head): string;
  verifierKey(origin: string): string;
  readonly place: { readonly publicUrl: string };
}

/** The platform's log, as strangers may check it. `place.publicUrl`, whose host names the log, is read at each use. */
export function createLedger({ leafOf, head, leaf: leafAt, sign, verifierKey, place }: Options): Ledger {
  const origin = () => `${new URL(place.publicUrl).host}/log`;
  return {
    async ofEvent(envelopeId, kind) {
      const leaf = await leafOf(envelopeId, kind);
      if (leaf === undefined) throw new Error(`The log has no ${kind} of ${envelopeId}.`);
      const { leaf: leaf_text, hash: leaf_hash } = await leafAt(leaf);
      const covering = await head();
      return { origin: origin(), leaf, leaf_text, leaf_hash, size: covering.size, checkpoint: sign(origin(), covering) };
    },
    checkpoint: async () => sign(origin(), await head()),
    verifierKey: () => verifierKey(origin()),
  };
}
