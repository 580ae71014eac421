import type { Kysely } from 'kysely';
import type { CustomerStore, SessionStore } from '../domain/ports.ts';
import type { Tables } from './tables.ts';

export function sessionStore(db: Kysely<Tables>): SessionStore {
  return {
    async addMint(row) {
      await db.insertInto('mint').values(row).execute();
    },
    findMint: (partnerId, jti) =>
      db.selectFrom('mint').selectAll().where('partner_id', '=', partnerId).where('jti', '=', jti).executeTakeFirst(),
    async insert(row) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('session')
        .values(row)
        .onConflict((c) => c.column('jti').doNothing())
        .executeTakeFirstOrThrow();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    findByJti: (partnerId, jti) =>
      db.selectFrom('session').selectAll().where('partner_id', '=', partnerId).where('jti', '=', jti).executeTakeFirst(),
    async end(partnerId, id, at) {
      await db.updateTable('session').set({ ended_at: at }).where('partner_id', '=', partnerId).where('id', '=', id).execute();
    },
    async addToken(row) {
      await db.insertInto('session_token').values(row).execute();
    },
    async findByToken(hash) {
      const token = await db.selectFrom('session_token').selectAll().where('hash', '=', hash).executeTakeFirst();
      if (!token) return undefined;
      const session = await db.selectFrom('session').selectAll().where('id', '=', token.session_id).executeTakeFirstOrThrow();
      return { session, token };
    },
    async firstUse({ hash, session_id, issued_at }, at, graceEnd) {
      await db
        .updateTable('session_token')
        .set({ first_used_at: at })
        .where('hash', '=', hash)
        .where('first_used_at', 'is', null)
        .execute();
      await db
        .updateTable('session_token')
        .set({ expires_at: graceEnd })
        .where('session_id', '=', session_id)
        .where('hash', '!=', hash)
        .where('issued_at', '<=', issued_at)
        .where('expires_at', '>', graceEnd)
        .execute();
    },
    async shorten(sessionId, graceEnd) {
      await db
        .updateTable('session_token')
        .set({ expires_at: graceEnd })
        .where('session_id', '=', sessionId)
        .where('expires_at', '>', graceEnd)
        .execute();
    },
    async purge(before) {
      await db.deleteFrom('session_token').where('expires_at', '<', before).execute();
      await db.deleteFrom('session').where('ends_at', '<', before).execute();
      await db.deleteFrom('mint').where('expires_at', '<', before).execute();
    },
  };
}

export function customerStore(db: Kysely<Tables>): CustomerStore {
  return {
    async insert(row) {
      await db.insertInto('customer').values(row).execute();
    },
    find: (partnerId, id) =>
      db.selectFrom('customer').selectAll().where('partner_id', '=', partnerId).where('id', '=', id).executeTakeFirst(),
    findByExternalId: (partnerId, mode, externalId) =>
      db
        .selectFrom('customer')
        .selectAll()
        .where('partner_id', '=', partnerId)
        .where('mode', '=', mode)
        .where('external_id', '=', externalId)
        .executeTakeFirst(),
    async setProfile(partnerId, id, profile) {
      await db.updateTable('customer').set({ profile }).where('partner_id', '=', partnerId).where('id', '=', id).execute();
    },
    async count(partnerId) {
      const row = await db
        .selectFrom('customer')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('partner_id', '=', partnerId)
        .executeTakeFirstOrThrow();
      return row.n;
    },
    knowsUser: async (customerId, sub) =>
      (await db
        .selectFrom('customer_user')
        .select('sub')
        .where('customer_id', '=', customerId)
        .where('sub', '=', sub)
        .executeTakeFirst()) !== undefined,
    async addUser(customerId, sub) {
      await db
        .insertInto('customer_user')
        .values({ customer_id: customerId, sub })
        .onConflict((c) => c.doNothing())
        .execute();
    },
    async countUsers(customerId) {
      const row = await db
        .selectFrom('customer_user')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('customer_id', '=', customerId)
        .executeTakeFirstOrThrow();
      return row.n;
    },
  };
}
