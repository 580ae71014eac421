import type { Kysely, Selectable } from 'kysely';
import { cut } from '../../../../shared/list.ts';
import type { TeamAbility } from '../../../../shared/team.ts';
import type { ContentTeam, TeamToken } from '../../domain/records/sandbox.ts';
import type { Stores } from '../../domain/records/stores.ts';
import type { Tables } from '../schema/schema.ts';

type Book = Stores['subscribr'];

export const subscribrBook = (db: Kysely<Tables>): Book => ({ ...teamsIn(db), ...tokensIn(db) });

function teamsIn(db: Kysely<Tables>): Pick<Book, 'addTeam' | 'nameOwner' | 'ofAccount' | 'ofOrganization' | 'byToken'> {
  const teams = () =>
    db
      .selectFrom('subscribr_teams as team')
      .innerJoin('accounts', 'accounts.id', 'team.account_id')
      .leftJoin('organizations', 'organizations.id', 'team.organization_id')
      .selectAll('team')
      .select((e) => e.fn.coalesce('organizations.name', 'accounts.name').as('name'))
      .select('organizations.owner_email');
  return {
    async addTeam({ accountId, organizationId, ownerName }, at) {
      const [id, owner] = [await nextNumber(db, 'team'), await nextNumber(db, 'user')];
      const of = { account_id: accountId, organization_id: organizationId };
      await db
        .insertInto('subscribr_teams')
        .values({ id, ...of, owner_id: owner, owner_name: ownerName, created_at: at })
        .execute();
    },
    async nameOwner(organizationId, name) {
      const unnamed = db.updateTable('subscribr_teams').set({ owner_name: name }).where('organization_id', '=', organizationId);
      await unnamed.where('owner_name', 'is', null).execute();
    },
    async ofAccount(accountId) {
      const own = teams().where('team.account_id', '=', accountId).where('team.organization_id', 'is', null);
      return teamOf(await own.executeTakeFirstOrThrow());
    },
    async ofOrganization(organizationId) {
      return teamOf(await teams().where('team.organization_id', '=', organizationId).executeTakeFirstOrThrow());
    },
    async byToken(hash) {
      const token = await db.selectFrom('subscribr_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
      if (!token) return undefined;
      return { token: tokenOf(token), team: teamOf(await teams().where('team.id', '=', token.team_id).executeTakeFirstOrThrow()) };
    },
  };
}

function tokensIn(db: Kysely<Tables>): Pick<Book, 'tokens' | 'hasToken' | 'addToken' | 'removeToken' | 'useToken'> {
  const of = (teamId: number) => db.selectFrom('subscribr_tokens').selectAll().where('team_id', '=', teamId);
  return {
    async tokens(teamId, limit, after) {
      const found = of(teamId)
        .where('id', '>', after?.[0] ?? 0)
        .orderBy('id');
      const { rows, next } = cut(await found.limit(limit + 1).execute(), limit, (row) => [row.id]);
      return { items: rows.map(tokenOf), next };
    },
    async hasToken(teamId, by) {
      const found = 'id' in by ? of(teamId).where('id', '=', by.id) : of(teamId).where('name', '=', by.name);
      return (await found.executeTakeFirst()) !== undefined;
    },
    async addToken(teamId, { name, abilities }, hash, at) {
      const id = await nextNumber(db, 'token');
      const row = { id, team_id: teamId, name, abilities: JSON.stringify(abilities), hash, last_used_at: null, created_at: at };
      await db.insertInto('subscribr_tokens').values(row).execute();
      return tokenOf(row);
    },
    async removeToken(teamId, id) {
      const { numDeletedRows } = await db
        .deleteFrom('subscribr_tokens')
        .where('team_id', '=', teamId)
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
    async useToken(teamId, id, at) {
      const token = db.updateTable('subscribr_tokens').set({ last_used_at: at }).where('team_id', '=', teamId).where('id', '=', id);
      await token.execute();
    },
  };
}

async function nextNumber(db: Kysely<Tables>, kind: 'team' | 'user' | 'token'): Promise<number> {
  const { last } = await db
    .updateTable('subscribr_numbers')
    .set((e) => ({ last: e('last', '+', 1) }))
    .where('kind', '=', kind)
    .returning('last')
    .executeTakeFirstOrThrow();
  return last;
}

type TeamRow = Selectable<Tables['subscribr_teams']> & { name: string | null; owner_email: string | null };

const teamOf = (row: TeamRow): ContentTeam => ({
  id: row.id,
  accountId: row.account_id,
  name: row.name ?? '',
  ownerId: row.owner_id,
  ownerName: row.owner_name,
  ownerEmail: row.owner_email,
  createdAt: row.created_at,
});

const tokenOf = (row: Selectable<Tables['subscribr_tokens']>): TeamToken => ({
  id: row.id,
  name: row.name,
  abilities: JSON.parse(row.abilities) as TeamAbility[],
  lastUsedAt: row.last_used_at,
});
