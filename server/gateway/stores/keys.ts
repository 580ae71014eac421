import type { Kysely } from 'kysely';
import type { Scope } from '../../../shared/registry.ts';
import type { KeyStore, PartnerKey, TokenKeyStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function keyStore(db: Kysely<Tables>): KeyStore {
  return {
    async insert(row) {
      await db
        .insertInto('partnerKey')
        .values({ ...row, scopes: JSON.stringify(row.scopes) })
        .execute();
    },
    async findByHash(hash) {
      const row = await db.selectFrom('partnerKey').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && toKey(row);
    },
    async find(partnerId, id) {
      const row = await db.selectFrom('partnerKey').selectAll().where('partnerId', '=', partnerId).where('id', '=', id).executeTakeFirst();
      return row && toKey(row);
    },
    list: async (partnerId) =>
      (await db.selectFrom('partnerKey').selectAll().where('partnerId', '=', partnerId).orderBy('createdAt').orderBy('id').execute()).map(
        toKey,
      ),
    async countActive(partnerId, now) {
      const { active } = await db
        .selectFrom('partnerKey')
        .select((e) => e.fn.countAll<number>().as('active'))
        .where('partnerId', '=', partnerId)
        .where('revokedAt', 'is', null)
        .where((e) => e.or([e('expiresAt', 'is', null), e('expiresAt', '>', now)]))
        .executeTakeFirstOrThrow();
      return active;
    },
    async update(partnerId, id, change) {
      await db.updateTable('partnerKey').set(change).where('partnerId', '=', partnerId).where('id', '=', id).execute();
    },
  };
}

const toKey = (row: Tables['partnerKey']): PartnerKey => ({ ...row, scopes: JSON.parse(row.scopes) as Scope[] });

export function signingKeyStore(db: Kysely<Tables>): TokenKeyStore {
  return {
    list: (purpose) =>
      db.selectFrom('signingKey').selectAll().where('purpose', '=', purpose).orderBy('createdAt', 'desc').orderBy('kid').execute(),
    async insert(row) {
      await db.insertInto('signingKey').values(row).execute();
    },
    async retire(kid, at) {
      await db.updateTable('signingKey').set({ retiredAt: at }).where('kid', '=', kid).execute();
    },
    async delete(kid) {
      await db.deleteFrom('signingKey').where('kid', '=', kid).execute();
    },
  };
}
