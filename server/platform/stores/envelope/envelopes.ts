import { type Kysely, sql } from 'kysely';
import { newLoyvaId } from '../../../../shared/ids.ts';
import type { SecretBox } from '../../../storage/secret-box.ts';
import type { EnvelopeStore } from '../../domain/records/envelope.ts';
import { moves } from '../../domain/records/moves.ts';
import { ownerKey } from '../../domain/records/people.ts';
import { contentKeys } from '../files/content-keys.ts';
import { isOpen } from '../schema/envelope.ts';
import type { Tables } from '../schema/schema.ts';
import { forSealing, forVault } from '../schema/waiting.ts';
import { eventBook } from './events.ts';
import { inTurns } from './in-turns.ts';
import { listEnvelopes } from './list.ts';
import { envelopeChange, envelopeOf, envelopeRow, fieldRow, signerRow, soundEnvelopeOf } from './rows.ts';
import { passBook, signerBook } from './signers.ts';

/** Envelopes in platform.db. */
export const envelopeBook = (db: Kysely<Tables>, box: SecretBox): EnvelopeStore => {
  const keys = contentKeys(db, box);
  return {
    ...envelopeReads(db),
    ...signerBook(db),
    ...passBook(db),
    ...eventBook(db, box),
    contentKey: keys.open,
    async customerFor(accountId, email, name, at) {
      const id = newLoyvaId('customer');
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
): Pick<EnvelopeStore, 'find' | 'list' | 'finishing' | 'waitingForVault' | 'overdue' | 'remindable'> => {
  const envelopes = () => db.selectFrom('envelopes').selectAll();
  return {
    async find(accountId, id) {
      const row = await envelopes().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
      return row && soundEnvelopeOf(row);
    },
    list: (accountId, query, at) => listEnvelopes(db, accountId, query, at),
    finishing: (limit) => inTurns(db, forSealing, limit),
    waitingForVault: (limit) => inTurns(db, forVault, limit),
    // The states stand in the statement itself: SQLite takes a partial index only where it sees that it fits.
    overdue: async (now, limit) =>
      (await envelopes().where(isOpen).where('expires_at', '<=', now).orderBy('expires_at').limit(limit).execute()).map(envelopeOf),
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
