import { type RawBuilder, sql } from 'kysely';
import { counting } from '../../../storage/totals.ts';

/** Templates, and where an account's events are sent. */
export interface TemplateTables {
  templates: {
    id: string;
    account_id: string;
    name: string;
    signing_order: string;
    /** JSON, as are `fields`. */
    document: string;
    fields: string;
    created_at: number;
    /** The content key under the account's key. */
    wrapped_key: Uint8Array;
  };
  webhooks: {
    account_id: string;
    url: string | null;
    /** Sealed. */
    secret: Uint8Array | null;
    updated_at: number;
  };
}

export const templateSchema: readonly RawBuilder<unknown>[] = [
  sql`create table templates (
    id text primary key, account_id text not null references accounts (id), name text not null,
    signing_order text not null check (signing_order in ('parallel', 'sequential')), document text not null, fields text not null,
    created_at integer not null, wrapped_key blob not null
  ) strict`,
  sql`create index templates_newest on templates (account_id, created_at desc, id)`,
  sql`create table webhooks (
    account_id text primary key references accounts (id), url text, secret blob, updated_at integer not null
  ) strict`,
  sql`alter table envelopes add column remind_at integer`,
  // Reminders were taken before anybody was reminded: whoever still waits is due as the envelope says.
  sql`update envelopes set remind_at = created_at + json_extract(reminders, '$.after_days') * 86400000
    where reminders is not null and state in ('sent', 'viewed')`,
  sql`create index envelopes_remindable on envelopes (remind_at) where state in ('sent', 'viewed') and remind_at is not null`,
];

/** What came with lists whose cost does not grow. */
export const templateLists: readonly RawBuilder<unknown>[] = [
  sql`drop index templates_newest`,
  sql`create index templates_newest on templates (account_id, created_at, id)`,
  ...counting({ list: 'templates', table: 'templates', owner: 'row.account_id' }),
];
