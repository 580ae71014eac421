import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { logHeadSchema } from '../../../storage/log/leaves.ts';
import { type OutboxTables, outboxLists, outboxSchema } from '../../../storage/outbox.ts';
import { type TotalTables, totalsSchema } from '../../../storage/totals.ts';
import { dayColumns, type EnvelopeTables, envelopeSchema, fieldColumns, listColumns, localeColumns, vaultColumns } from './envelope.ts';
import { type PeopleTables, peopleSchema } from './people.ts';
import { type TeamTables, teamLists, teamSchema } from './team.ts';
import { type TemplateTables, templateLists, templateSchema } from './template.ts';
import { type VaultTables, vaultSchema } from './vault.ts';
import { turnIndexes } from './waiting.ts';

/** The rows of platform.db. Secrets are SHA-256 hashes; Kelviq's server key, which every read must return, is sealed. */
export interface Tables extends OutboxTables, TotalTables, EnvelopeTables, TemplateTables, VaultTables, PeopleTables, TeamTables {
  key_check: { key_id: string };
  accounts: { id: string; name: string; created_at: number };
  account_keys: {
    account_id: string;
    dialect: string;
    hash: string;
    created_at: number;
    /** JSON list of Loyva's scopes; null: all of them. */
    scopes: string | null;
    /** Calls a minute. */
    rate_limit: number;
  };
  organizations: {
    id: string;
    account_id: string;
    name: string;
    owner_id: string;
    owner_email: string;
    owner_key: string;
    by_invoice: number;
    billing_at: number | null;
    created_at: number;
  };
  teams: {
    id: string;
    organization_id: string;
    name: string;
    key_hash: string;
    checkout_hash: string;
    created_at: number;
    ready_at: number;
  };
  kelviq_organizations: {
    identifier: string;
    organization_id: string;
    account_id: string;
    external_id: string;
    user_id: number;
    owner_key: string;
    slug: string;
    client_key: string;
    server_key: Uint8Array;
    server_key_hash: string;
    created_at: number;
  };
  invitations: {
    id: string;
    organization_id: string;
    dialect: string;
    email: string;
    token_hash: string;
    accepted_at: number | null;
    created_at: number;
  };
  spent_magic: { account_id: string; dialect: string; owner_key: string; spent_at: number };
}

const statements = [
  sql`create table key_check (key_id text primary key) strict`,
  sql`create table accounts (id text primary key, name text not null unique, created_at integer not null) strict`,
  sql`create table account_keys (
    account_id text not null references accounts (id), dialect text not null, hash text not null, created_at integer not null,
    primary key (account_id, dialect), unique (dialect, hash)
  ) strict`,
  sql`create table organizations (
    id text primary key, account_id text not null references accounts (id), name text not null, owner_id text not null unique,
    owner_email text not null, owner_key text not null, by_invoice integer not null, billing_at integer, created_at integer not null,
    unique (account_id, owner_key)
  ) strict`,
  sql`create index organizations_by_owner on organizations (owner_key)`,
  sql`create table teams (
    id text primary key, organization_id text not null references organizations (id), name text not null, key_hash text not null unique,
    checkout_hash text not null unique, created_at integer not null, ready_at integer not null
  ) strict`,
  sql`create table kelviq_organizations (
    identifier text primary key, organization_id text not null unique references organizations (id),
    account_id text not null references accounts (id), external_id text not null, user_id integer not null unique,
    owner_key text not null unique, slug text not null unique, client_key text not null unique, server_key blob not null,
    server_key_hash text not null unique, created_at integer not null, unique (account_id, external_id)
  ) strict`,
  sql`create table invitations (
    id text primary key, organization_id text not null references organizations (id), dialect text not null, email text not null,
    token_hash text not null unique, accepted_at integer, created_at integer not null
  ) strict`,
  sql`create table spent_magic (
    account_id text not null references accounts (id), dialect text not null, owner_key text not null, spent_at integer not null,
    primary key (account_id, dialect, owner_key)
  ) strict`,
  outboxSchema,
];

const endpointStatements = [
  sql`alter table account_keys add column scopes text`,
  sql`alter table account_keys add column rate_limit integer not null default 100`,
  ...vaultColumns,
  ...templateSchema,
  ...vaultSchema,
  ...peopleSchema,
  ...teamSchema,
];

/** Mails that wait since the first version name their invitation in a field of its own. */
const linkedMails = sql`
  update outbox set body = json_set(json_remove(body, '$.invitationId'), '$.link',
    json_object('kind', 'invitation', 'id', json_extract(body, '$.invitationId')))
  where kind = 'mail' and json_extract(body, '$.invitationId') is not null`;

/** A mail is about an envelope; one that does not say it, about whom it goes to. */
const aboutMail = "case kind when 'mail' then coalesce(json_extract(body, '$.envelopeId'), lower(json_extract(body, '$.to'))) end";

/** What came with lists whose cost does not grow. */
const listStatements = [totalsSchema, ...listColumns, ...templateLists, ...teamLists, ...outboxLists(aboutMail)];

export const migrations: Record<string, Migration> = {
  '001-onboarding': {
    async up(db) {
      for (const statement of statements) await statement.execute(db);
    },
  },
  '002-signed': {
    async up(db) {
      for (const statement of envelopeSchema) await statement.execute(db);
      await linkedMails.execute(db);
    },
  },
  '003-endpoints': {
    async up(db) {
      for (const statement of endpointStatements) await statement.execute(db);
    },
  },
  '004-fields': {
    async up(db) {
      for (const statement of fieldColumns) await statement.execute(db);
    },
  },
  '005-own-day': {
    async up(db) {
      for (const statement of dayColumns) await statement.execute(db);
    },
  },
  '006-locale': {
    async up(db) {
      for (const statement of localeColumns) await statement.execute(db);
    },
  },
  '007-turns': {
    async up(db) {
      for (const statement of turnIndexes) await statement.execute(db);
    },
  },
  '008-lists': {
    async up(db) {
      for (const statement of listStatements) await statement.execute(db);
    },
  },
  '009-log-heads': {
    async up(db) {
      await logHeadSchema.execute(db);
    },
  },
};
