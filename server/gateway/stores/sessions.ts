import { CompiledQuery, type Kysely } from 'kysely';
import { purgeSome } from '../../storage/purge.ts';
import { totalOf } from '../../storage/totals.ts';
import type { CustomerStore, SessionStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

const mintColumns = [
  'jti',
  'partner_id',
  'key_id',
  'customer_id',
  'envelope_id',
  'signer',
  'mode',
  'locale',
  'metadata',
  'expires_at',
] as const;
/** Written out once, as it is done at every mint. Another dialect numbers its parameters here. */
const addingMint = `insert into mint (${mintColumns.join(', ')}) values (${mintColumns.map(() => '?').join(', ')})`;

export function sessionStore(db: Kysely<Tables>): SessionStore {
  return {
    async addMint(row) {
      await db.executeQuery(
        CompiledQuery.raw(
          addingMint,
          mintColumns.map((column) => row[column]),
        ),
      );
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
      const tokens = await purgeSome(db, { table: 'session_token', key: ['hash'], age: 'expires_at', before });
      const sessions = await purgeSome(db, { table: 'session', key: ['id'], age: 'ends_at', before });
      const mints = await purgeSome(db, { table: 'mint', key: ['jti'], age: 'expires_at', before });
      return tokens || sessions || mints;
    },
  };
}

/**
 * External ids come in NFC. What was kept before they did may be decomposed, and is found as well: its customer has accounts already. Of two
 * customers that differ in this alone, the one that was there first.
 */
export const spellingsOf = (externalId: string): string[] => [...new Set([externalId, externalId.normalize('NFD')])];

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
        .where('external_id', 'in', spellingsOf(externalId))
        .orderBy('created_at')
        .executeTakeFirst(),
    async setProfile(partnerId, id, profile) {
      await db.updateTable('customer').set({ profile }).where('partner_id', '=', partnerId).where('id', '=', id).execute();
    },
    count: (partnerId) => totalOf(db, 'customer', partnerId),
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
    countUsers: (customerId) => totalOf(db, 'customer_user', customerId),
  };
}
