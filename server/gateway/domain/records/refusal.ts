import type { RefusalReason } from '../../../../shared/onboarding/onboarding.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Account, Box, Signing } from './ports.ts';

/** A vendor's last word: the same question would get the same answer until somebody changes something. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** In the vendor's own words; empty where it gave none. */
  readonly said: string;
}

/** A question that was refused for good. */
export class RefusedForGood extends Failure {
  readonly refusal: Refusal;

  /** `detail` is for whoever made the call; the vendor's words are not. */
  constructor(detail: string, refusal: Refusal) {
    super('vendor-refused', detail);
    this.refusal = refusal;
  }
}

/** What nothing is asked with. */
export const keyMissing = (vendor: string): Refusal => ({ reason: 'key', said: `No ${vendor} key of this partner is stored.` });

/** What is written of it with an account or an envelope; a vendor's words may repeat an answer, so they are sealed. */
export interface KeptRefusal {
  refusedFor: RefusalReason | null;
  said: Uint8Array | null;
}
export const unrefused: KeptRefusal = { refusedFor: null, said: null };

type Owner = Pick<Account | Signing, 'runId'> & { readonly vendor?: string };
const about = ({ runId, vendor = 'loyva' }: Owner): string[] => ['refusal', runId, vendor];

export const sealedWords = (box: Box, owner: Owner, said: string): Buffer | null => (said ? box.seal(said, about(owner)) : null);

export const refusedWith = (box: Box, owner: Owner, { reason, said }: Refusal): KeptRefusal => ({
  refusedFor: reason,
  said: sealedWords(box, owner, said),
});

/** What was said, where something was. */
export const wordsOf = (box: Box, owner: Owner & { readonly said: Uint8Array | null }): string | null =>
  owner.said && box.open(owner.said, about(owner));

export const isRefused = (row: Pick<KeptRefusal, 'refusedFor'> | undefined): boolean => row !== undefined && row.refusedFor !== null;
