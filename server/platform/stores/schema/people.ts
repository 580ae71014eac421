import { type RawBuilder, sql } from 'kysely';

/** Whose personal data can be forgotten: the history holds it under their keys, so that without the key nobody can read it in any backup. */
export interface PeopleTables {
  people: {
    id: string;
    account_id: string;
    /** A keyed fingerprint of the account and the e-mail: who was forgotten is known again when asked about, and leads to nobody by itself. */
    mark: string;
    /** Their key under the account's; null once they are forgotten. */
    wrapped_key: Uint8Array | null;
    /** Their e-mail under their key; null once they are forgotten. */
    contact: Uint8Array | null;
    created_at: number;
    erased_at: number | null;
    /** JSON: what the erasure did, as it is answered again. */
    erasure: string | null;
    /** JSON: ids of mails whose files are still to be deleted; not null while what was overwritten may lie in the write-ahead log. */
    unsettled: string | null;
  };
}

/** Every leaf that was written before events knew theirs. */
const knownLeaves = sql`
  update envelope_events set leaf = known.seq
  from (select seq, json_extract(leaf, '$.about.event') as event from log_leaf) as known where known.event = envelope_events.id`;

export const peopleSchema: readonly RawBuilder<unknown>[] = [
  sql`create table people (
    id text primary key, account_id text not null references accounts (id), mark text not null, wrapped_key blob, contact blob,
    created_at integer not null, erased_at integer, erasure text, unsettled text
  ) strict`,
  sql`create unique index people_living on people (account_id, mark) where wrapped_key is not null`,
  sql`create index people_marks on people (account_id, mark)`,
  sql`create index people_unsettled on people (id) where unsettled is not null`,
  sql`alter table envelope_events add column person_id text references people (id)`,
  sql`alter table envelope_events add column told blob`,
  sql`alter table envelope_events add column leaf integer`,
  knownLeaves,
  sql`create index envelope_events_person on envelope_events (person_id) where person_id is not null`,
  sql`create index signers_by_email on signers (email_key)`,
  sql`create index passes_over on passes (expires_at)`,
];
