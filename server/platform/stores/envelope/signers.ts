import type { Kysely } from 'kysely';
import { purgeSome } from '../../../storage/purge.ts';
import type { EnvelopeStore } from '../../domain/records/envelope.ts';
import type { Tables } from '../schema/schema.ts';
import { fieldOf, passOf, signerChange, signerOf, written } from './rows.ts';

/** Who signs, and what they have answered. */
export const signerBook = (db: Kysely<Tables>): Pick<EnvelopeStore, 'signers' | 'fields' | 'moveSigner' | 'remind' | 'answer'> => ({
  async signers(envelopeId) {
    const rows = db.selectFrom('signers').selectAll().where('envelope_id', '=', envelopeId);
    return (await rows.orderBy('position').orderBy('ordinal').execute()).map(signerOf);
  },
  async fields(envelopeId) {
    const rows = db.selectFrom('fields').selectAll().where('envelope_id', '=', envelopeId);
    return (await rows.orderBy('ordinal').execute()).map(fieldOf);
  },
  async moveSigner({ id, envelopeId, state }, change) {
    const { numUpdatedRows } = await db
      .updateTable('signers')
      .set(signerChange(change))
      .where('id', '=', id)
      .where('envelope_id', '=', envelopeId)
      .where('state', '=', state)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  },
  async remind({ id, envelopeId, remindedAt }, at) {
    const { numUpdatedRows } = await db
      .updateTable('signers')
      .set({ reminded_at: at })
      .where('id', '=', id)
      .where('envelope_id', '=', envelopeId)
      .where('state', 'in', ['waiting', 'consented'])
      .where('reminded_at', 'is', remindedAt)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  },
  async answer(signerId, values, at) {
    for (const [id, value] of values)
      await db
        .updateTable('fields')
        .set({ value: written(value) })
        .where('id', '=', id)
        .where('signer_id', '=', signerId)
        .execute();
    const counted = db
      .updateTable('signers')
      .set((e) => ({ revision: e('revision', '+', 1), saved_at: at }))
      .where('id', '=', signerId);
    return (await counted.returning('revision').executeTakeFirstOrThrow()).revision;
  },
});

/** The ways in, by the hash of what opens them. */
export const passBook = (db: Kysely<Tables>): Pick<EnvelopeStore, 'addPass' | 'findPass' | 'forgetPasses'> => ({
  async addPass(pass) {
    await db
      .insertInto('passes')
      .values({
        hash: pass.hash,
        kind: pass.kind,
        envelope_id: pass.envelopeId,
        signer_id: pass.signerId,
        account_id: pass.accountId,
        created_at: pass.createdAt,
        expires_at: pass.expiresAt,
      })
      .execute();
  },
  async findPass(hash) {
    const row = await db.selectFrom('passes').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && passOf(row);
  },
  forgetPasses: (then) => purgeSome(db, { table: 'passes', key: ['hash'], age: 'expires_at', before: then }),
});
