import { z } from 'zod/mini';
import { provisioners } from './onboarding/flow.ts';
import { accountStates, runStatuses, signStates } from './onboarding/onboarding.ts';
import { Refusal } from './registry.ts';

/**
 * Why something stands still: `reason` says who can help (`key`, `answers`, `document`, `vendor`, `declined`), `said` is the vendor's own sentence,
 * 300 characters at most, or the signer's; null or absent where nothing was refused.
 */
const refusal = z.optional(z.nullable(Refusal));

/** One customer's way through the onboarding, as the partner sees it. Times are ISO 8601 UTC. */
export const RunSummary = z.object({
  run_id: z.string(),
  external_id: z.string(),
  status: z.enum(runStatuses),
  updated_at: z.string(),
  accounts: z.array(z.object({ vendor: z.enum(provisioners), state: z.enum(accountStates), refusal })),
  /** The envelope of the flow's document; null when the flow has none. */
  sign: z.optional(z.nullable(z.object({ state: z.enum(signStates), envelope_id: z.nullable(z.string()), refusal }))),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A page of runs; `next_cursor` leads to the next one, null is the last. */
export const RunPage = z.object({ items: z.array(RunSummary), next_cursor: z.nullable(z.string()) });
export type RunPage = z.infer<typeof RunPage>;
