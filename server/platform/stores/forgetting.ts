import { type Kysely, sql } from 'kysely';
import { ownerKey } from '../domain/books.ts';
import type { Mail } from '../domain/mail.ts';
import type { Person } from '../domain/people.ts';
import type { Tables } from './schema.ts';

/** Overwrites what rows say of a person: who they were as a customer and a signer, what they filled in, and their ways in. */
export async function forgetRows(db: Kysely<Tables>, accountId: string, { id, email }: Person): Promise<void> {
  const emailKey = ownerKey(email);
  // Not an address: nothing is ever sent to `.invalid` (RFC 2606), and no two are alike.
  const nobody = { name: 'Erased', email: `${id}@erased.invalid`, email_key: `${id}@erased.invalid` };
  const signers = await db
    .selectFrom('signers')
    .innerJoin('envelopes', 'envelopes.id', 'signers.envelope_id')
    .select(['signers.id', 'envelope_id'])
    .where('account_id', '=', accountId)
    .where('email_key', '=', emailKey)
    .execute();
  for (const signer of signers) {
    await db
      .updateTable('signers')
      .set({ ...nobody, reached: null })
      .where('id', '=', signer.id)
      .execute();
    await db.updateTable('fields').set({ value: null }).where('signer_id', '=', signer.id).execute();
    await db.deleteFrom('passes').where('signer_id', '=', signer.id).execute();
    await forgetWords(db, signer.envelope_id, signer.id);
  }
  await db.updateTable('customers').set(nobody).where('account_id', '=', accountId).where('email_key', '=', emailKey).execute();
}

/** Why they declined, and what events of the first versions tell of them in the clear. */
async function forgetWords(db: Kysely<Tables>, envelopeId: string, signerId: string): Promise<void> {
  await db
    .updateTable('envelopes')
    .set({ ended: sql<string>`json_set(ended, '$.reason', null)` })
    .where('id', '=', envelopeId)
    .where(sql<string>`json_extract(ended, '$.signerId')`, '=', signerId)
    .execute();
  await db
    .updateTable('envelope_events')
    .set({ reached: null, detail: null, salt: Buffer.alloc(0) })
    .where('envelope_id', '=', envelopeId)
    .where('signer_id', '=', signerId)
    .where('told', 'is', null)
    .execute();
}

/**
 * Deletes mails to them, and of those to others in their envelopes what was sent or names them; the ids. Mails that invite to a team are not
 * about envelopes and stay.
 */
export async function forgetMails(db: Kysely<Tables>, envelopeIds: readonly string[], email: string): Promise<string[]> {
  const names = await namesOf(db, envelopeIds, ownerKey(email));
  const envelopeId = sql<string | null>`json_extract(body, '$.envelopeId')`;
  const mails = await db
    .selectFrom('outbox')
    .select(['id', 'body', 'delivered_at'])
    .where('kind', '=', 'mail')
    .where((e) =>
      e.or([
        ...(envelopeIds.length > 0 ? [e(envelopeId, 'in', envelopeIds)] : []),
        e.and([e(envelopeId, 'is', null), e(sql<string>`lower(json_extract(body, '$.to'))`, '=', ownerKey(email))]),
      ]),
    )
    .execute();
  const doomed = mails.filter(({ body, delivered_at }) => {
    const mail = JSON.parse(body) as Mail;
    if (mail.link?.kind === 'invitation') return false;
    return delivered_at !== null || ownerKey(mail.to) === ownerKey(email) || names.some((name) => mail.opening.includes(name));
  });
  for (const { id } of doomed) await db.deleteFrom('outbox').where('id', '=', id).execute();
  return doomed.map(({ id }) => id);
}

async function namesOf(db: Kysely<Tables>, envelopeIds: readonly string[], emailKey: string): Promise<string[]> {
  if (envelopeIds.length === 0) return [];
  const signers = db.selectFrom('signers').select('name').where('envelope_id', 'in', envelopeIds).where('email_key', '=', emailKey);
  return (await signers.execute()).map(({ name }) => name);
}
