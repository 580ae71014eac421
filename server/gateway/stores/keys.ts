import type { Kysely } from 'kysely';
import type { Scope } from '../../../shared/registry.ts';
import type { KeyRow, KeyStore, TokenKeyStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function keyStore(db: Kysely<Tables>): KeyStore {
  return {
    async insert(row) {
      await db
        .insertInto('partner_key')
        .values({ ...row, scopes: JSON.stringify(row.scopes) })
        .execute();
    },
    async findByHash(hash) {
      const row = await db.selectFrom('partner_key').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && toKey(row);
    },
    async find(partnerId, id) {
      const row = await db
        .selectFrom('partner_key')
        .selectAll()
        .where('partner_id', '=', partnerId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toKey(row);
    },
    list: async (partnerId) =>
      (
        await db.selectFrom('partner_key').selectAll().where('partner_id', '=', partnerId).orderBy('created_at').orderBy('id').execute()
      ).map(toKey),
    async countActive(partnerId, now) {
      const { active } = await db
        .selectFrom('partner_key')
        .select((e) => e.fn.countAll<number>().as('active'))
        .where('partner_id', '=', partnerId)
        .where('revoked_at', 'is', null)
        .where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', now)]))
        .executeTakeFirstOrThrow();
      return active;
    },
    async update(partnerId, id, change) {
      await db.updateTable('partner_key').set(change).where('partner_id', '=', partnerId).where('id', '=', id).execute();
    },
  };
}

const toKey = (row: Tables['partner_key']): KeyRow => ({ ...row, scopes: JSON.parse(row.scopes) as Scope[] });

export function signingKeyStore(db: Kysely<Tables>): TokenKeyStore {
  return {
    list: (purpose) =>
      db.selectFrom('signing_key').selectAll().where('purpose', '=', purpose).orderBy('created_at', 'desc').orderBy('kid').execute(),
    async insert(row) {
      await db.insertInto('signing_key').values(row).execute();
    },
    async retire(kid, at) {
      await db.updateTable('signing_key').set({ retired_at: at }).where('kid', '=', kid).execute();
    },
    async delete(kid) {
      await db.deleteFrom('signing_key').where('kid', '=', kid).execute();
    },
  };
}
