import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { idempotencyAge, idempotencySchema } from '../../storage/idempotency.ts';
import { logHeadSchema, logSchema } from '../../storage/log/leaves.ts';
import { counting, totalsSchema } from '../../storage/totals.ts';

const first: readonly RawBuilder<unknown>[] = [
  sql`create table partner (
    id text primary key, name text not null, name_lower text not null, slug text not null unique,
    status text not null check (status in ('ACTIVE', 'SUSPENDED')), contact_email text not null,
    max_tenants integer, max_users_per_tenant integer, max_applications_per_tenant integer,
    created_at integer not null, updated_at integer not null, deleted_at integer
  ) strict`,
  sql`create table partner_origin (partner_id text not null references partner (id), origin text not null, primary key (partner_id, origin)) strict`,
  sql`create index partner_origin_origin on partner_origin (origin)`,
  sql`create table partner_key (
    id text primary key, partner_id text not null references partner (id), hash text not null unique,
    mode text not null check (mode in ('live', 'test')), scopes text not null, last_four text not null,
    created_at integer not null, expires_at integer, revoked_at integer
  ) strict`,
  sql`create index partner_key_partner on partner_key (partner_id)`,
  sql`create table customer (
    id text primary key, partner_id text not null references partner (id), mode text not null, external_id text not null,
    profile blob not null, created_at integer not null, unique (partner_id, mode, external_id)
  ) strict`,
  sql`create table customer_user (customer_id text not null references customer (id), sub text not null, primary key (customer_id, sub)) strict`,
  sql`create table credential (
    id text primary key, partner_id text not null references partner (id), customer_id text not null, vendor text not null,
    mode text not null, box blob not null, fingerprint text not null, vendor_ref text,
    created_at integer not null, updated_at integer not null, unique (partner_id, customer_id, vendor, mode)
  ) strict`,
  sql`create index credential_fingerprint on credential (fingerprint)`,
  sql`create table flow (
    partner_id text not null references partner (id), version integer not null, body text not null, created_at integer not null,
    primary key (partner_id, version)
  ) strict`,
  sql`create table mint (
    jti text primary key, partner_id text not null, key_id text not null, customer_id text not null, mode text not null,
    locale text, metadata blob, expires_at integer not null
  ) strict`,
  sql`create index mint_expiry on mint (expires_at)`,
  sql`create table session (
    id text primary key, jti text not null unique, partner_id text not null, customer_id text not null, mode text not null,
    widget text not null, sub text not null, jkt text not null, origin text not null, locale text,
    created_at integer not null, ends_at integer not null, ended_at integer
  ) strict`,
  sql`create index session_end on session (ends_at)`,
  sql`create table session_token (
    hash text primary key, session_id text not null references session (id) on delete cascade,
    issued_at integer not null, expires_at integer not null, first_used_at integer
  ) strict`,
  sql`create index session_token_session on session_token (session_id)`,
  sql`create index session_token_expiry on session_token (expires_at)`,
  sql`create table run (
    id text primary key, partner_id text not null references partner (id), customer_id text not null unique references customer (id),
    mode text not null, flow text not null, flow_version integer not null, revision integer not null, answers blob not null,
    faults text not null, status text not null, saved_at integer, submitted_at integer, billing_done_at integer, done_at integer,
    created_at integer not null, updated_at integer not null
  ) strict`,
  sql`create index run_partner on run (partner_id, id)`,
  sql`create table account (
    run_id text not null references run (id), partner_id text not null, vendor text not null, position integer not null,
    state text not null check (state in ('planned', 'asking', 'opened', 'ready', 'refused', 'unknown')),
    vendor_ref text, credential_id text, asked_at integer, opened_at integer, ready_at integer, checked_at integer, next_at integer,
    tries integer not null, unreachable integer not null, primary key (run_id, vendor)
  ) strict`,
  sql`create index account_due on account (next_at) where next_at is not null`,
  sql`create table signing_key (
    kid text primary key, purpose text not null, box blob not null, public_jwk text not null, created_at integer not null, retired_at integer
  ) strict`,
  sql`create table master_key (key_id text primary key) strict`,
  idempotencySchema,
  ...logSchema,
];

const second: readonly RawBuilder<unknown>[] = [
  sql`alter table mint add column envelope_id text not null default ''`,
  sql`alter table mint add column signer blob`,
  sql`alter table session add column envelope_id text not null default ''`,
  sql`create table pass (
    session_id text not null, envelope_id text not null, partner_id text not null, box blob not null, created_at integer not null,
    primary key (session_id, envelope_id)
  ) strict`,
  sql`create index pass_age on pass (created_at)`,
  sql`create table flow_document (
    partner_id text not null references partner (id), name text not null, address text not null, size integer not null,
    sha256 text not null, updated_at integer not null, primary key (partner_id, name)
  ) strict`,
  sql`create table signing (
    run_id text not null references run (id), step_id text not null, partner_id text not null,
    state text not null check (state in ('planned', 'asking', 'open', 'waiting', 'finishing', 'signed', 'declined', 'voided', 'expired')),
    round integer not null, unclear integer not null, envelope_id text, party text, document_sha256 text, vendor_status text,
    asked_at integer, signed_at integer, vaulted_at integer, checked_at integer, next_at integer,
    tries integer not null, unreachable integer not null, primary key (run_id, step_id)
  ) strict`,
  sql`create index signing_due on signing (next_at) where next_at is not null`,
  sql`create index signing_envelope on signing (partner_id, envelope_id) where envelope_id is not null`,
];

const calls: readonly RawBuilder<unknown>[] = [
  sql`create table kept_call (
    scope text not null, key text not null, id text not null, partner_id text not null, vendor text not null, route text not null,
    fingerprint text, state text not null check (state in ('running', 'answered', 'unknown')), answer blob, at integer not null,
    primary key (scope, key)
  ) strict`,
  sql`create index kept_call_age on kept_call (at)`,
];

const webhook = sql`create table webhook (
  partner_id text not null references partner (id), mode text not null check (mode in ('live', 'test')), url text, secret blob,
  updated_at integer not null, primary key (partner_id, mode)
) strict`;

/** When the vendor was last asked to vault an envelope: where that takes a while, it is not asked again at every look. */
const vaulting: readonly RawBuilder<unknown>[] = [sql`alter table signing add column vault_asked_at integer`];

/** What a vendor refused of an envelope's values. */
const refusals: readonly RawBuilder<unknown>[] = [sql`alter table signing add column faults text not null default '[]'`];

/** What a vendor refused for good. What was refused before has its reason, and no sentence. */
const refused: readonly RawBuilder<unknown>[] = [
  ...['account', 'signing'].flatMap((table) => [
    sql`alter table ${sql.table(table)} add column refused_for text`,
    sql`alter table ${sql.table(table)} add column said blob`,
    sql`create index ${sql.ref(`${table}_refused`)} on ${sql.table(table)} (partner_id) where refused_for is not null`,
  ]),
  sql`update account set refused_for = 'answers' where state = 'refused'`,
  sql`update signing set refused_for = 'answers' where state = 'planned' and unclear = 0 and next_at is null and faults <> '[]'`,
];

/** What came with lists and limits whose cost does not grow: an index for each filter, and totals. */
const lists: readonly RawBuilder<unknown>[] = [
  totalsSchema,
  ...counting({
    list: 'partner',
    table: 'partner',
    owner: "case when row.deleted_at is null then 'registry' else 'deleted' end",
    part: 'row.status',
  }),
  ...counting({ list: 'customer', table: 'customer', owner: 'row.partner_id' }),
  ...counting({ list: 'customer_user', table: 'customer_user', owner: 'row.customer_id' }),
  sql`create index partner_listed on partner (created_at, id) where deleted_at is null`,
  sql`create index partner_by_status on partner (status, created_at, id) where deleted_at is null`,
  sql`create index credential_listed on credential (partner_id, created_at, id)`,
  sql`create index credential_ref on credential (partner_id, vendor, vendor_ref) where vendor_ref is not null`,
  sql`create index run_by_mode on run (partner_id, mode, id)`,
  sql`create index run_by_status on run (partner_id, status, id)`,
  sql`create index run_by_both on run (partner_id, mode, status, id)`,
  sql`create index account_asking on account (run_id) where state = 'asking'`,
  sql`create index signing_asking on signing (run_id) where state = 'asking'`,
  sql`create index signing_unmade on signing (partner_id) where state in ('planned', 'asking')`,
  sql`create index kept_call_running on kept_call (at) where state = 'running'`,
  idempotencyAge,
];

export const migrations: Record<string, Migration> = {
  '001_onboarded': {
    async up(db: Kysely<unknown>) {
      for (const statement of first) await statement.execute(db);
    },
  },
  '002_signed': {
    async up(db: Kysely<unknown>) {
      for (const statement of second) await statement.execute(db);
    },
  },
  '003_calls': {
    async up(db: Kysely<unknown>) {
      for (const statement of calls) await statement.execute(db);
    },
  },
  '004_webhook': {
    async up(db: Kysely<unknown>) {
      await webhook.execute(db);
    },
  },
  '003_vaulting': {
    async up(db: Kysely<unknown>) {
      for (const statement of vaulting) await statement.execute(db);
    },
  },
  '005_refused_values': {
    async up(db: Kysely<unknown>) {
      for (const statement of refusals) await statement.execute(db);
    },
  },
  '006_refused': {
    async up(db: Kysely<unknown>) {
      for (const statement of refused) await statement.execute(db);
    },
  },
  '007_log_heads': {
    async up(db: Kysely<unknown>) {
      await logHeadSchema.execute(db);
    },
  },
  '008_lists': {
    async up(db: Kysely<unknown>) {
      for (const statement of lists) await statement.execute(db);
    },
  },
};
