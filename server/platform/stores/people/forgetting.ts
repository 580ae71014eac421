import { type Kysely, sql } from 'kysely';
import type { Mail } from '../../domain/records/mail.ts';
import { erasedEmail, ownerKey, type Person } from '../../domain/records/people.ts';
import type { Tables } from '../schema/schema.ts';

/** Overwrites what rows say of a person: who they were as a customer and a signer, what they filled in, and their ways in. */
export async function forgetRows(db: Kysely<Tables>, accountId: string, { id, email }: Person): Promise<void> {
  const emailKey = ownerKey(email);
  const nobody = { name: 'Erased', email: erasedEmail(id), email_key: erasedEmail(id) };
  // A cross join is read from the left: from the few rows of one person, not from all of the account.
  const theirs = db
    .selectFrom('signers')
    .crossJoin('envelopes')
    .whereRef('envelopes.id', '=', 'signers.envelope_id')
    .where('account_id', '=', accountId)
    .where('email_key', '=', emailKey);
  const [signers, envelopes] = [theirs.select('signers.id'), theirs.select('envelope_id')];
  const fields = db.updateTable('fields').set({ value: null }).where('envelope_id', 'in', envelopes);
  await fields.where('signer_id', 'in', signers).execute();
  await db.deleteFrom('passes').where('signer_id', 'in', signers).execute();
  // Why they declined.
  await db
    .updateTable('envelopes')
    .set({ ended: sql<string>`json_set(ended, '$.reason', null)` })
    .where('id', 'in', envelopes)
    .where(sql<string>`json_extract(ended, '$.signerId')`, 'in', signers)
    .execute();
  // What events of the first versions tell of them in the clear.
  await db
    .updateTable('envelope_events')
    .set({ reached: null, detail: null, salt: Buffer.alloc(0) })
    .where('envelope_id', 'in', envelopes)
    .where('signer_id', 'in', signers)
    .where('told', 'is', null)
    .execute();
  // Last: until here they are found by who they are.
  await db
    .updateTable('signers')
    .set({ ...nobody, reached: null, time_zone: null })
    .where('id', 'in', signers)
    .execute();
  await db.updateTable('customers').set(nobody).where('account_id', '=', accountId).where('email_key', '=', emailKey).execute();
}

/**
 * Deletes mails to them, and of those to others in their envelopes what was sent or names them; the ids. Mails that invite to a team are not
 * about envelopes and stay.
 */
export async function forgetMails(db: Kysely<Tables>, envelopeIds: readonly string[], email: string): Promise<string[]> {
  const names = await namesOf(db, envelopeIds, ownerKey(email));
  const mails = await db
    .selectFrom('outbox')
    .select(['id', 'body', 'delivered_at'])
    .where('about', 'in', among([...envelopeIds, ownerKey(email)]))
    .execute();
  const doomed = mails.filter(({ body, delivered_at }) => {
    const mail = JSON.parse(body) as Mail;
    if (mail.link?.kind === 'invitation') return false;
    return delivered_at !== null || ownerKey(mail.to) === ownerKey(email) || names.some((name) => isNamed(mail.opening, name));
  });
  for (const { id } of doomed) await db.deleteFrom('outbox').where('id', '=', id).execute();
  return doomed.map(({ id }) => id);
}

/** Short names are parts of many words: what only begins or ends with one does not name them. */
function isNamed(text: string, name: string): boolean {
  const [first = '', ...others] = text.split(name);
  const before = [first, ...others];
  return others.some((after, i) => !/[\p{L}\p{N}]$/u.test(before[i] ?? '') && !/^[\p{L}\p{N}]/u.test(after));
}

async function namesOf(db: Kysely<Tables>, envelopeIds: readonly string[], emailKey: string): Promise<string[]> {
  const signers = db.selectFrom('signers').select('name').where('envelope_id', 'in', among(envelopeIds)).where('email_key', '=', emailKey);
  return [...new Set((await signers.execute()).map(({ name }) => name))];
}

/** As one parameter: a statement takes some 32,000 of them, and somebody who signs for a company may be in more envelopes. */
const among = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;
