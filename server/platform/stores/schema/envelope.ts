import { type Generated, sql } from 'kysely';
import { type LogTables, logSchema } from '../../../storage/log/leaves.ts';
import { counting } from '../../../storage/totals.ts';

/** The rows of envelopes. Files lie encrypted beside the database; what opens them is kept wrapped, twice. */
export interface EnvelopeTables extends LogTables {
  kept_secret: { name: string; box: Uint8Array };
  /** An account's key, sealed; it wraps the content keys of its envelopes. Without it none of their files can be read. */
  wrapping_keys: { account_id: string; box: Uint8Array };
  customers: { id: string; account_id: string; email: string; email_key: string; name: string; created_at: number };
  envelopes: {
    id: string;
    account_id: string;
    customer_id: string;
    name: string;
    external_id: string | null;
    locale: string | null;
    /** JSON, as are `reminders`, `document`, `sealed`, `copy` and `ended`. */
    metadata: string;
    message: string | null;
    signing_order: string;
    required_reading: number;
    reminders: string | null;
    remind_at: number | null;
    state: string;
    created_at: number;
    updated_at: number;
    expires_at: number | null;
    finished_at: number | null;
    completed_at: number | null;
    vaulted_at: number | null;
    ended: string | null;
    document: string;
    sealed: string | null;
    copy: string | null;
    kind: string;
    template_id: string | null;
    /** JSON, as are `release` and `compliance`. */
    custody: string | null;
    controller: string | null;
    release: string | null;
    compliance: string | null;
    /** The content key under the account's key; null once it is destroyed. */
    wrapped_key: Uint8Array | null;
    /** What the vendor API calls the state; made of it by the database, as `acknowledge_by` is of the release. */
    status: Generated<string>;
    acknowledge_by: Generated<number | null>;
  };
  signers: {
    id: string;
    envelope_id: string;
    ordinal: number;
    name: string;
    email: string;
    email_key: string;
    role: string | null;
    position: number;
    state: string;
    consented_at: number | null;
    signed_at: number | null;
    /** JSON, as is `pages_seen`. */
    reached: string | null;
    pages_seen: string;
    revision: number;
    saved_at: number | null;
    reminded_at: number | null;
    time_zone: string | null;
  };
  fields: {
    id: string;
    envelope_id: string;
    signer_id: string;
    ordinal: number;
    type: string;
    page: number;
    x: number;
    y: number;
    width: number;
    height: number;
    required: number;
    label: string | null;
    /** JSON, as is `form`. */
    value: string | null;
    /** All its places, name, options and the like; null in rows of the first versions. `page`, `x`, … are those of its first place. */
    form: string | null;
  };
  envelope_events: {
    id: string;
    envelope_id: string;
    ordinal: number;
    at: number;
    kind: string;
    signer_id: string | null;
    /** JSON; in the clear, as `detail`, only in rows of the first versions. */
    reached: string | null;
    detail: string | null;
    /** Random bytes that keep the log's leaf from telling what its hash was made of; empty where `told` holds them. */
    salt: Uint8Array;
    /** Whose personal data `told` is; null for acts of the account itself. */
    person_id: string | null;
    /** What people may read of it, under the person's key or the account's. */
    told: Uint8Array | null;
    /** Its place in the log, from 0. */
    leaf: number | null;
  };
  passes: {
    hash: string;
    kind: string;
    envelope_id: string;
    signer_id: string;
    account_id: string;
    created_at: number;
    expires_at: number;
  };
}

export const envelopeSchema = [
  sql`create table kept_secret (name text primary key, box blob not null) strict`,
  sql`create table wrapping_keys (account_id text primary key references accounts (id), box blob not null) strict`,
  sql`create table customers (
    id text primary key, account_id text not null references accounts (id), email text not null, email_key text not null,
    name text not null, created_at integer not null, unique (account_id, email_key)
  ) strict`,
  sql`create table envelopes (
    id text primary key, account_id text not null references accounts (id), customer_id text not null references customers (id),
    name text not null, external_id text, metadata text not null, message text,
    signing_order text not null check (signing_order in ('parallel', 'sequential')), required_reading integer not null, reminders text,
    state text not null, created_at integer not null, updated_at integer not null, expires_at integer, finished_at integer,
    completed_at integer, vaulted_at integer, ended text, document text not null, sealed text, copy text, wrapped_key blob
  ) strict`,
  sql`create index envelopes_newest on envelopes (account_id, created_at desc, id)`,
  sql`create index envelopes_finishing on envelopes (finished_at) where state = 'finishing'`,
  sql`create index envelopes_completed on envelopes (completed_at) where state = 'completed'`,
  sql`create index envelopes_open on envelopes (expires_at) where state in ('pending', 'sent', 'viewed') and expires_at is not null`,
  sql`create table signers (
    id text primary key, envelope_id text not null references envelopes (id), ordinal integer not null, name text not null,
    email text not null, email_key text not null, role text, position integer not null,
    state text not null check (state in ('waiting', 'consented', 'signed', 'declined')), consented_at integer, signed_at integer,
    reached text, pages_seen text not null, revision integer not null, saved_at integer, unique (envelope_id, email_key)
  ) strict`,
  sql`create table fields (
    id text primary key, envelope_id text not null references envelopes (id), signer_id text not null references signers (id),
    ordinal integer not null, type text not null, page integer not null, x real not null, y real not null, width real not null,
    height real not null, required integer not null, label text, value text
  ) strict`,
  sql`create index fields_envelope on fields (envelope_id, ordinal)`,
  sql`create table envelope_events (
    id text primary key, envelope_id text not null references envelopes (id), ordinal integer not null, at integer not null,
    kind text not null, signer_id text references signers (id), reached text, detail text, salt blob not null,
    unique (envelope_id, ordinal)
  ) strict`,
  sql`create table passes (
    hash text primary key, kind text not null check (kind in ('embed', 'link', 'mail')),
    envelope_id text not null references envelopes (id), signer_id text not null references signers (id),
    account_id text not null references accounts (id), created_at integer not null, expires_at integer not null
  ) strict`,
  ...logSchema,
];

/** What came with the signer's own day. */
export const dayColumns = [sql`alter table signers add column time_zone text`];

/** In which language Han characters are drawn where an answer names none. */
export const localeColumns = [sql`alter table envelopes add column locale text`];

/** Ready for the vault and not in it, or in it without a verdict. A statement takes the partial index where it says the same, word for word. */
export const waitingForVault = sql<boolean>`(state in ('completed', 'uploaded') or (state = 'vaulted' and compliance is null))`;

/** What came with paper envelopes, templates and the vault's way out. */
export const vaultColumns = [
  sql`alter table envelopes add column kind text not null default 'esign' check (kind in ('esign', 'paper'))`,
  sql`alter table envelopes add column template_id text`,
  sql`alter table envelopes add column custody text`,
  sql`alter table envelopes add column controller text references accounts (id)`,
  sql`alter table envelopes add column release text`,
  sql`alter table envelopes add column compliance text`,
  sql`update envelopes set controller = account_id where state = 'vaulted'`,
  sql`alter table signers add column reminded_at integer`,
  sql`create index envelopes_released on envelopes (id) where state = 'released'`,
  sql`drop index envelopes_completed`,
  sql`create index envelopes_waiting on envelopes (updated_at) where ${waitingForVault}`,
];

/** What came with fields that have several places, options or a name. */
export const fieldColumns = [sql`alter table fields add column form text`];

/** Can time alone end it? A statement takes the partial index where it says the same, word for word. */
export const isOpen = sql<boolean>`state in ('pending', 'sent', 'viewed')`;

/** What the vault did, and who came to it: found among the links of a history without walking them. */
export const ofVault = sql<boolean>`substr(kind, 1, 6) = 'vault.'`;

/** What came with lists whose cost does not grow: of each filter an index in the list's order, and its total. */
export const listColumns = [
  sql`alter table envelopes add column status text
    generated always as (case state when 'finishing' then 'viewed' when 'destroyed' then 'released' else state end) virtual`,
  sql`alter table envelopes add column acknowledge_by integer generated always as (json_extract(release, '$.acknowledgeBy')) virtual`,
  sql`drop index envelopes_newest`,
  sql`create index envelopes_newest on envelopes (account_id, created_at, id)`,
  sql`create index envelopes_by_status on envelopes (account_id, status, created_at, id)`,
  sql`create index envelopes_by_customer on envelopes (account_id, customer_id, created_at, id)`,
  sql`create index envelopes_by_both on envelopes (account_id, customer_id, status, created_at, id)`,
  sql`create index envelopes_overdue on envelopes (account_id, expires_at) where ${isOpen} and expires_at is not null`,
  sql`drop index envelopes_released`,
  sql`create index envelopes_released on envelopes (acknowledge_by) where state = 'released'`,
  sql`create index envelopes_lapsed on envelopes (account_id, acknowledge_by) where state = 'released'`,
  ...counting({ list: 'envelopes', table: 'envelopes', owner: 'row.account_id', part: 'row.status' }),
  ...counting({ list: 'customer_envelopes', table: 'envelopes', owner: "row.account_id || '/' || row.customer_id", part: 'row.status' }),
  sql`create index envelope_events_kind on envelope_events (envelope_id, kind, ordinal)`,
  sql`create index envelope_events_vault on envelope_events (envelope_id, ordinal) where ${ofVault}`,
  sql`create index passes_signer on passes (signer_id)`,
];
