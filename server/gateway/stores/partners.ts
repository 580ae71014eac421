import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import { cut, passedOver } from '../../../shared/list.ts';
import { totalOf } from '../../storage/totals.ts';
import type { Partner, PartnerStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function partnerStore(db: Kysely<Tables>): PartnerStore {
  return {
    async insert(row) {
      await db
        .insertInto('partner')
        .values({ ...row, nameLower: row.name.toLowerCase() })
        .execute();
    },
    slugTaken: async (slug) => (await db.selectFrom('partner').select('id').where('slug', '=', slug).executeTakeFirst()) !== undefined,
    async find(id) {
      const row = await db.selectFrom('partner').selectAll().where('id', '=', id).where('deletedAt', 'is', null).executeTakeFirst();
      return row && toPartner(row);
    },
    async update(id, change) {
      const named = change.name === undefined ? change : { ...change, nameLower: change.name.toLowerCase() };
      await db.updateTable('partner').set(named).where('id', '=', id).where('deletedAt', 'is', null).execute();
    },
    async list({ search, status, ...wanted }) {
      const { limit, after } = wanted;
      let query = db.selectFrom('partner').where('deletedAt', 'is', null);
      // No index finds a part of a name: the registry's search is the one list that reads every row.
      if (search) query = query.where((e) => e.or([contains(e.ref('nameLower'), search), contains(e.ref('slug'), search)]));
      if (status) query = query.where('status', '=', status as Partner['status']);
      const total = search
        ? (await query.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()).total
        : await totalOf(db, 'partner', 'registry', status);
      const passed = passedOver(wanted, total);
      if (passed === undefined) return { items: [], total, next: null };
      if (after) query = query.where((e) => e(e.refTuple('createdAt', 'id'), '>', e.tuple(...after)));
      const oldest = query.selectAll().orderBy('createdAt').orderBy('id');
      const { rows, next } = cut(
        await oldest
          .limit(limit + 1)
          .offset(passed)
          .execute(),
        limit,
        (row) => [row.createdAt, row.id],
      );
      return { items: rows.map(toPartner), total, next };
    },
    origins: async (id) =>
      (await db.selectFrom('partnerOrigin').select('origin').where('partnerId', '=', id).orderBy('origin').execute()).map(
        (row) => row.origin,
      ),
    async addOrigin(id, origin) {
      await db
        .insertInto('partnerOrigin')
        .values({ partnerId: id, origin })
        .onConflict((c) => c.doNothing())
        .execute();
    },
    async removeOrigin(id, origin) {
      const { numDeletedRows } = await db
        .deleteFrom('partnerOrigin')
        .where('partnerId', '=', id)
        .where('origin', '=', origin)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
    originKnown: async (origin) =>
      (await db
        .selectFrom('partnerOrigin')
        .innerJoin('partner', 'partner.id', 'partnerOrigin.partnerId')
        .select('partner.id')
        .where('origin', '=', origin)
        .where('deletedAt', 'is', null)
        .executeTakeFirst()) !== undefined,
  };
}

function toPartner({ nameLower: _, ...row }: Tables['partner']): Partner {
  return row;
}

/** `%` and `_` of the caller are not wildcards. */
const contains = (column: Expression<string>, text: string) =>
  sql<SqlBool>`${column} like ${`%${text.toLowerCase().replace(/[%_!]/g, '!$&')}%`} escape '!'`;
