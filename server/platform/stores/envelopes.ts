import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { formatLoyvaId } from '../../../shared/ids.ts';
import type { SecretBox } from '../../storage/secret-box.ts';
import { ownerKey } from '../domain/books.ts';
import { type EnvelopeBook, moves } from '../domain/envelope.ts';
import { contentKeys } from './content-keys.ts';
import { eventBook } from './envelope-events.ts';
import { envelopeChange, envelopeOf, envelopeRow, fieldRow, signerRow } from './envelope-rows.ts';
import { waitingForVault } from './envelope-schema.ts';
import { isSaid } from './envelope-status.ts';
import type { Tables } from './schema.ts';
import { passBook, signerBook } from './signers.ts';

/** Envelopes in platform.db. */
export const envelopeBook = (db: Kysely<Tables>, box: SecretBox): EnvelopeBook => {
  const keys = contentKeys(db, box);
  return {
    ...envelopeReads(db),
    ...signerBook(db),
    ...passBook(db),
    ...eventBook(db, box),
    contentKey: keys.open,
    async customerFor(accountId, email, name, at) {
      const id = formatLoyvaId('customer', randomBytes(15));
      const emailKey = ownerKey(email);
      await db
        .insertInto('customers')
        .values({ id, account_id: accountId, email, email_key: emailKey, name, created_at: at })
        .onConflict((c) => c.columns(['account_id', 'email_key']).doNothing())
        .execute();
      const known = db.selectFrom('customers').select('id').where('account_id', '=', accountId).where('email_key', '=', emailKey);
      return (await known.executeTakeFirstOrThrow()).id;
    },
    async add(envelope, signers, fields, contentKey) {
      const wrapped = await keys.wrap(envelope.accountId, envelope.id, contentKey);
      await db
        .insertInto('envelopes')
        .values({ ...envelopeRow(envelope), wrapped_key: wrapped })
        .execute();
      for (const [i, signer] of signers.entries())
        await db
          .insertInto('signers')
          .values(signerRow(signer, i, ownerKey(signer.email)))
          .execute();
      for (const [i, field] of fields.entries()) await db.insertInto('fields').values(fieldRow(field, i)).execute();
    },
    async move({ id, state }, change) {
      if (change.state && !moves[state].includes(change.state)) throw new Error(`There is no move from ${state} to ${change.state}.`);
      const { numUpdatedRows } = await db
        .updateTable('envelopes')
        .set(envelopeChange(change))
        .where('id', '=', id)
        .where('state', '=', state)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
  };
};

const envelopeReads = (
  db: Kysely<Tables>,
): Pick<EnvelopeBook, 'find' | 'list' | 'finishing' | 'waitingForVault' | 'overdue' | 'remindable'> => {
  const envelopes = () => db.selectFrom('envelopes').selectAll();
  return {
    async find(accountId, id) {
      const row = await envelopes().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
      return row && envelopeOf(row);
    },
    async list(accountId, { page, limit, customerId, status }, at) {
      let found = db.selectFrom('envelopes').where('account_id', '=', accountId);
      if (customerId !== undefined) found = found.where('customer_id', '=', customerId);
      if (status !== undefined) found = found.where(isSaid(status, at));
      const newest = found.selectAll().orderBy('created_at', 'desc').orderBy('id');
      const rows = await newest
        .limit(limit)
        .offset((page - 1) * limit)
        .execute();
      const { total } = await found.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return { items: rows.map(envelopeOf), total };
    },
    // The states stand in the statement itself: SQLite takes a partial index only where it sees that it fits.
    finishing: async (limit) =>
      (await envelopes().where('state', '=', sql.lit('finishing')).orderBy('finished_at').limit(limit).execute()).map(envelopeOf),
    waitingForVault: async (limit) =>
      (await envelopes().where(waitingForVault).orderBy('updated_at').limit(limit).execute()).map(envelopeOf),
    overdue: async (now, limit) =>
      (
        await envelopes()
          .where('state', 'in', [sql.lit('pending'), sql.lit('sent'), sql.lit('viewed')])
          .where('expires_at', '<=', now)
          .orderBy('expires_at')
          .limit(limit)
          .execute()
      ).map(envelopeOf),
    remindable: async (now, limit) =>
      (
        await envelopes()
          .where('state', 'in', [sql.lit('sent'), sql.lit('viewed')])
          .where('remind_at', '<=', now)
          .orderBy('remind_at')
          .limit(limit)
          .execute()
      ).map(envelopeOf),
  };
};
