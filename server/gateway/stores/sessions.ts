import { CompiledQuery, type Kysely } from 'kysely';
import { purgeSome } from '../../storage/purge.ts';
import { totalOf } from '../../storage/totals.ts';
import type { CustomerStore, Session, SessionStore, SessionToken } from '../domain/records/ports.ts';
import { rowOf } from './names.ts';
import type { Tables } from './tables.ts';

/** Written out, as it runs at every mint. Another dialect numbers its parameters here. */
const addingMint = `insert into mint (jti, partner_id, key_id, customer_id, envelope_id, signer, mode, locale, metadata, expires_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function sessionStore(db: Kysely<Tables>): SessionStore {
  return {
    async addMint({ jti, partnerId, keyId, customerId, envelopeId, signer, mode, locale, metadata, expiresAt }) {
      const values = [jti, partnerId, keyId, customerId, envelopeId, signer, mode, locale, metadata, expiresAt];
      await db.executeQuery(CompiledQuery.raw(addingMint, values));
    },
    findMint: (partnerId, jti) =>
      db.selectFrom('mint').selectAll().where('partnerId', '=', partnerId).where('jti', '=', jti).executeTakeFirst(),
    async insert(row) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('session')
        .values(row)
        .onConflict((c) => c.column('jti').doNothing())
        .executeTakeFirstOrThrow();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    findByJti: (partnerId, jti) =>
      db.selectFrom('session').selectAll().where('partnerId', '=', partnerId).where('jti', '=', jti).executeTakeFirst(),
    async end(partnerId, id, at) {
      await db.updateTable('session').set({ endedAt: at }).where('partnerId', '=', partnerId).where('id', '=', id).execute();
    },
    async addToken(row) {
      await db.insertInto('sessionToken').values(row).execute();
    },
    async findByToken(hash) {
      const token = await rowOf<SessionToken>(db, 'select * from session_token where hash = ?', hash);
      const session = token && (await rowOf<Session>(db, 'select * from session where id = ?', token.sessionId));
      return session && { session, token };
    },
    async firstUse({ hash, sessionId, issuedAt }, at, graceEnd) {
      await db.updateTable('sessionToken').set({ firstUsedAt: at }).where('hash', '=', hash).where('firstUsedAt', 'is', null).execute();
      await db
        .updateTable('sessionToken')
        .set({ expiresAt: graceEnd })
        .where('sessionId', '=', sessionId)
        .where('hash', '!=', hash)
        .where('issuedAt', '<=', issuedAt)
        .where('expiresAt', '>', graceEnd)
        .execute();
    },
    async shorten(sessionId, graceEnd) {
      await db
        .updateTable('sessionToken')
        .set({ expiresAt: graceEnd })
        .where('sessionId', '=', sessionId)
        .where('expiresAt', '>', graceEnd)
        .execute();
    },
    async purge(before) {
      const tokens = await purgeSome(db, { table: 'sessionToken', key: ['hash'], age: 'expiresAt', before });
      const sessions = await purgeSome(db, { table: 'session', key: ['id'], age: 'endsAt', before });
      const mints = await purgeSome(db, { table: 'mint', key: ['jti'], age: 'expiresAt', before });
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
      db.selectFrom('customer').selectAll().where('partnerId', '=', partnerId).where('id', '=', id).executeTakeFirst(),
    findByExternalId: (partnerId, mode, externalId) =>
      db
        .selectFrom('customer')
        .selectAll()
        .where('partnerId', '=', partnerId)
        .where('mode', '=', mode)
        .where('externalId', 'in', spellingsOf(externalId))
        .orderBy('createdAt')
        .executeTakeFirst(),
    async setProfile(partnerId, id, profile) {
      await db.updateTable('customer').set({ profile }).where('partnerId', '=', partnerId).where('id', '=', id).execute();
    },
    count: (partnerId) => totalOf(db, 'customer', partnerId),
    knowsUser: async (customerId, sub) =>
      (await db.selectFrom('customerUser').select('sub').where('customerId', '=', customerId).where('sub', '=', sub).executeTakeFirst()) !==
      undefined,
    async addUser(customerId, sub) {
      await db
        .insertInto('customerUser')
        .values({ customerId, sub })
        .onConflict((c) => c.doNothing())
        .execute();
    },
    countUsers: (customerId) => totalOf(db, 'customer_user', customerId),
  };
}
