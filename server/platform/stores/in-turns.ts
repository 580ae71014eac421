import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Envelope } from '../domain/envelope.ts';
import { type EnvelopeRow, envelopeOf } from './envelope-rows.ts';
import { waitingForVault } from './envelope-schema.ts';
import type { Tables } from './schema.ts';

/** For what envelopes wait: since when, and the condition of the partial index that finds them, word for word. */
interface Waiting {
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

/** The first of each account, then the second of each and so on, the longest waiting first: none waits behind all of another account's. */
export async function inTurns(db: Kysely<Tables>, { since, condition }: Waiting, limit: number): Promise<Envelope[]> {
  const order = sql.ref(since);
  const { rows } = await sql<EnvelopeRow>`
    with waiting as (
      select e.*, row_number() over (partition by e.account_id order by e.${order}) as turn
      from accounts a join envelopes e on e.id in (
        select id from envelopes where account_id = a.id and ${condition} order by ${order} limit ${limit}))
    select * from waiting order by turn, ${order} limit ${limit}`.execute(db);
  return rows.map(envelopeOf);
}
