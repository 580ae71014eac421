import { type RawBuilder, sql } from 'kysely';
import { waitingForVault } from './envelope.ts';

/** For what envelopes wait: since when, and the condition of the partial index that finds them, word for word. */
export interface Waiting {
  readonly since: 'finished_at' | 'updated_at';
  readonly condition: RawBuilder<boolean>;
}
export const forSealing: Waiting = { since: 'finished_at', condition: sql`state = 'finishing'` };
export const forVault: Waiting = { since: 'updated_at', condition: waitingForVault };
/** What finds them by account. */
export const turnIndexes = [
  sql`drop index envelopes_finishing`,
  sql`create index envelopes_finishing on envelopes (account_id, finished_at) where ${forSealing.condition}`,
  sql`drop index envelopes_waiting`,
  sql`create index envelopes_waiting on envelopes (account_id, updated_at) where ${forVault.condition}`,
];
