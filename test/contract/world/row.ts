import type { PageName } from './pages.ts';
import type { Target, TargetName } from './targets.ts';

export type Check = (target: Target) => Promise<void>;

/** One endpoint of a vendor's page, and what its client finds there. */
export interface Row {
  /** The page that has it; our own additions have none. */
  readonly page?: PageName;
  /** As the page writes it. */
  readonly endpoint: string;
  readonly at: readonly TargetName[];
  /** The page's own example, or a call made as the page says. */
  readonly good: Check;
  /** Every refusal the page names, and calls that no page could allow. */
  readonly bad: Check;
}

export const both: readonly TargetName[] = ['platform', 'gateway'];
export const everywhere: readonly TargetName[] = ['platform', 'gateway', 'stand-in'];
