import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import { cut, passedOver } from '../../../shared/list.ts';
import { totalOf } from '../../storage/totals.ts';
import type { PartnerRow, PartnerStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function partnerStore(db: Kysely<Tables>): PartnerStore {
  return {
    async insert(row) {
      await db
        .insertInto('partner')
        .values({ ...row, name_lower: row.name.toLowerCase() })
        .execute();
    },
    slugTaken: async (slug) => (await db.selectFrom('partner').select('id').where('slug', '=', slug).executeTakeFirst()) !== undefined,
    async find(id) {
      const row = await db.selectFrom('partner').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst();
      return row && toPartner(row);
    },
    async update(id, change) {
      const named = change.name === undefined ? change : { ...change, name_lower: change.name.toLowerCase() };
      await db.updateTable('partner').set(named).where('id', '=', id).where('deleted_at', 'is', null).execute();
    },
    async list({ search, status, ...wanted }) {
      const { limit, after } = wanted;
      let query = db.selectFrom('partner').where('deleted_at', 'is', null);
      // No index finds a part of a name: the registry's search is the one list that reads every row.
      if (search) query = query.where((e) => e.or([contains(e.ref('name_lower'), search), contains(e.ref('slug'), search)]));
      if (status) query = query.where('status', '=', status as PartnerRow['status']);
      const total = search
        ? (await query.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()).total
        : await totalOf(db, 'partner', 'registry', status);
      const passed = passedOver(wanted, total);
      if (passed === undefined) return { items: [], total, next: null };
      if (after) query = query.where((e) => e(e.refTuple('created_at', 'id'), '>', e.tuple(...after)));
      const oldest = query.selectAll().orderBy('created_at').orderBy('id');
      const { rows, next } = cut(
        await oldest
          .limit(limit + 1)
          .offset(passed)
          .execute(),
        limit,
        (row) => [row.created_at, row.id],
      );
      return { items: rows.map(toPartner), total, next };
    },
    origins: async (id) =>
      (await db.selectFrom('partner_origin').select('origin').where('partner_id', '=', id).orderBy('origin').execute()).map(
        (row) => row.origin,
      ),
    async addOrigin(id, origin) {
      await db
        .insertInto('partner_origin')
        .values({ partner_id: id, origin })
        .onConflict((c) => c.doNothing())
        .execute();
    },
    async removeOrigin(id, origin) {
      const { numDeletedRows } = await db
        .deleteFrom('partner_origin')
        .where('partner_id', '=', id)
        .where('origin', '=', origin)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
    originKnown: async (origin) =>
      (await db
        .selectFrom('partner_origin')
        .innerJoin('partner', 'partner.id', 'partner_origin.partner_id')
        .select('partner.id')
        .where('origin', '=', origin)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()) !== undefined,
  };
}

function toPartner({ name_lower: _, ...row }: Tables['partner']): PartnerRow {
  return row;
}

/** `%` and `_` of the caller are not wildcards. */
const contains = (column: Expression<string>, text: string) =>
  sql<SqlBool>`${column} like ${`%${text.toLowerCase().replace(/[%_!]/g, '!$&')}%`} escape '!'`;
