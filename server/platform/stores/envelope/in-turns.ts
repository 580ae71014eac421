import { type Kysely, sql } from 'kysely';
import type { Envelope } from '../../domain/records/envelope.ts';
import type { Tables } from '../schema/schema.ts';
import type { Waiting } from '../schema/waiting.ts';
import { type EnvelopeRow, envelopeOf } from './rows.ts';

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
