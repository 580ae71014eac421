import { type RawBuilder, sql } from 'kysely';
import { counting } from '../../../storage/totals.ts';

/** Subscribr: a team for every organization and one for every account itself, their tokens, and the last number of each kind. */
export interface TeamTables {
  subscribr_teams: {
    id: number;
    account_id: string;
    /** Null: the account's own team. */
    organization_id: string | null;
    owner_id: number;
    owner_name: string | null;
    created_at: number;
  };
  subscribr_tokens: {
    id: number;
    team_id: number;
    name: string;
    /** JSON list. */
    abilities: string;
    /** SHA-256 of the secret. */
    hash: string;
    last_used_at: number | null;
    created_at: number;
  };
  subscribr_numbers: { kind: string; last: number };
}

/** Who was there before teams gets one too. Numbers are handed out by a counter: that of a deleted token must never name another. */
export const teamSchema: readonly RawBuilder<unknown>[] = [
  sql`create table subscribr_teams (
    id integer primary key, account_id text not null references accounts (id),
    organization_id text unique references organizations (id), owner_id integer not null unique, owner_name text,
    created_at integer not null
  ) strict`,
  sql`create unique index subscribr_teams_of_accounts on subscribr_teams (account_id) where organization_id is null`,
  sql`create table subscribr_tokens (
    id integer primary key, team_id integer not null references subscribr_teams (id), name text not null, abilities text not null,
    hash text not null unique, last_used_at integer, created_at integer not null, unique (team_id, name)
  ) strict`,
  sql`create table subscribr_numbers (kind text primary key, last integer not null) strict`,
  sql`insert into subscribr_teams (id, account_id, organization_id, owner_id, created_at)
    select 4000 + row_number() over (order by created_at, known), account_id, organization_id,
      1000 + row_number() over (order by created_at, known), created_at
    from (
      select id as account_id, null as organization_id, created_at, id as known from accounts
      union all select account_id, id, created_at, id from organizations
    ) as present`,
  sql`insert into subscribr_numbers (kind, last)
    select 'team', 4000 + count(*) from subscribr_teams
    union all select 'user', 1000 + count(*) from subscribr_teams
    union all select 'token', 7000`,
];

/** What came with lists whose cost does not grow: Kelviq's organizations and Subscribr's tokens. */
export const teamLists: readonly RawBuilder<unknown>[] = [
  sql`create index kelviq_organizations_listed on kelviq_organizations (account_id, user_id)`,
  ...counting({ list: 'kelviq_organizations', table: 'kelviq_organizations', owner: 'row.account_id' }),
  sql`create index subscribr_tokens_listed on subscribr_tokens (team_id, id)`,
];
