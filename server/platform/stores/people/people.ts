import type { Kysely } from 'kysely';
import type { SecretBox } from '../../../storage/secret-box.ts';
import { erasure, readRecord } from '../../domain/records/evidence.ts';
import type { EnvelopeState } from '../../domain/records/moves.ts';
import type { PeopleStore } from '../../domain/records/people.ts';
import { ownerKey } from '../../domain/records/people.ts';
import type { Tables } from '../schema/schema.ts';
import { forgetMails, forgetRows } from './forgetting.ts';
import { peopleKeys } from './keys.ts';

/** People in platform.db. */
export const peopleBook = (db: Kysely<Tables>, box: SecretBox): PeopleStore => {
  const keys = peopleKeys(db, box);
  const ofMark = (accountId: string, email: string) =>
    db.selectFrom('people').where('account_id', '=', accountId).where('mark', '=', keys.mark(accountId, email));
  return {
    meet: keys.meet,
    find: keys.find,
    isKnown: async (accountId, email) =>
      Boolean(await ofMark(accountId, email).select('id').where('wrapped_key', 'is not', null).executeTakeFirst()),
    traces: (accountId, email) => tracesOf(db, accountId, ownerKey(email)),
    async forgotten(accountId, email) {
      const row = await ofMark(accountId, email)
        .select(['id', 'erased_at', 'erasure'])
        .where('erased_at', 'is not', null)
        .orderBy('erased_at', 'desc')
        .executeTakeFirst();
      return row?.erasure && row.erased_at !== null
        ? { id: row.id, erasedAt: row.erased_at, erasure: readRecord(`the erasure of ${row.id}`, erasure, row.erasure) }
        : undefined;
    },
    async forget(accountId, person, done, at) {
      const envelopes = (await tracesOf(db, accountId, ownerKey(person.email))).map(({ envelopeId }) => envelopeId);
      const mails = await forgetMails(db, envelopes, person.email);
      await forgetRows(db, accountId, person);
      await db
        .updateTable('people')
        .set({ wrapped_key: null, contact: null, erased_at: at, erasure: JSON.stringify(done), unsettled: JSON.stringify(mails) })
        .where('id', '=', person.id)
        .execute();
    },
    async unsettled() {
      const rows = await db.selectFrom('people').select(['id', 'unsettled']).where('unsettled', 'is not', null).execute();
      return new Map(rows.map(({ id, unsettled }) => [id, JSON.parse(unsettled ?? '[]') as string[]]));
    },
    async settled(personIds, then) {
      await db.updateTable('people').set({ unsettled: null }).where('id', 'in', personIds).where('erased_at', '<=', then).execute();
    },
  };
};

async function tracesOf(db: Kysely<Tables>, accountId: string, emailKey: string) {
  // A cross join is read from the left: from the few rows of one person, not from all of the account.
  const signed = db
    .selectFrom('signers')
    .crossJoin('envelopes')
    .select(['envelopes.id as envelopeId', 'envelopes.state', 'created_at'])
    .whereRef('envelopes.id', '=', 'signers.envelope_id')
    .where('email_key', '=', emailKey)
    .where('account_id', '=', accountId);
  const ordered = db
    .selectFrom('customers')
    .crossJoin('envelopes')
    .select(['envelopes.id as envelopeId', 'envelopes.state', 'envelopes.created_at'])
    .whereRef('envelopes.account_id', '=', 'customers.account_id')
    .whereRef('envelopes.customer_id', '=', 'customers.id')
    .where('customers.account_id', '=', accountId)
    .where('email_key', '=', emailKey);
  const rows = await signed.union(ordered).orderBy('created_at').orderBy('envelopeId').execute();
  return rows.map(({ envelopeId, state }) => ({ envelopeId, state: state as EnvelopeState }));
}
