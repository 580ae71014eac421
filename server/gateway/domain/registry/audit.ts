/** The log as administrators read it; implemented over the storage's Merkle log. */
export interface Audit {
  /** Leaves of one partner, newest first, before `seq`: what their texts say, the exact text, and its hash in base64 (RFC 9162 section 2.1.1). */
  leaves(
    partner: string,
    before: number | undefined,
    limit: number,
  ): Promise<({ seq: number; kind: string; at: number; leaf: string; hash: string } & Record<string, unknown>)[]>;
  /** The newest head as a C2SP signed note. */
  checkpoint(): Promise<string>;
}
