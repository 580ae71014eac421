import type { LoyvaScope } from '../../../../shared/vendors/loyva.ts';

/** Who calls with a partner key. */
export interface Account {
  readonly id: string;
  readonly name: string;
}

/** An account, and what the key it came with may do. */
export interface KeyHolder extends Account {
  /** Loyva's; the other vendors' keys have none. */
  readonly scopes: readonly LoyvaScope[];
  /** Calls a minute. */
  readonly rateLimit: number;
}
