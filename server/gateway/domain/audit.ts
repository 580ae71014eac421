/** The log as administrators read it; implemented over the storage's Merkle log. */
export interface Audit {
  /** Leaves of one partner, newest first, before `seq`. */
  leaves(
    partner: string,
    before: number | undefined,
    limit: number,
  ): Promise<({ seq: number; kind: string; at: number } & Record<string, unknown>)[]>;
  /** The newest head as a C2SP signed note. */
  checkpoint(): Promise<string>;
}
