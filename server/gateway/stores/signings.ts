import { type Kysely, sql } from 'kysely';
import type { FlowDocumentStore, SigningRow, SigningStore } from '../domain/records/ports.ts';
import { toRun } from './runs.ts';
import type { Tables } from './tables.ts';

export function signingStore(db: Kysely<Tables>): SigningStore {
  const all = db.selectFrom('signing').selectAll('signing');
  return {
    async find(partnerId, runId) {
      const row = await all.where('partner_id', '=', partnerId).where('run_id', '=', runId).executeTakeFirst();
      return row && toSigning(row);
    },
    findMany: async (partnerId, runIds) =>
      (await all.where('partner_id', '=', partnerId).where('run_id', 'in', runIds).execute()).map(toSigning),
    async findByEnvelope(partnerId, envelopeId) {
      const row = await all.where('partner_id', '=', partnerId).where('envelope_id', '=', envelopeId).executeTakeFirst();
      return row && toSigning(row);
    },
    async add(row) {
      await db
        .insertInto('signing')
        .values({ ...row, unclear: Number(row.unclear), unreachable: Number(row.unreachable), faults: JSON.stringify(row.faults) })
        .execute();
    },
    async move({ run_id, step_id, state, round }, { unclear, unreachable, faults, ...change }) {
      const { numUpdatedRows } = await db
        .updateTable('signing')
        .set({
          ...change,
          ...(unclear !== undefined && { unclear: Number(unclear) }),
          ...(unreachable !== undefined && { unreachable: Number(unreachable) }),
          ...(faults !== undefined && { faults: JSON.stringify(faults) }),
        })
        .where('run_id', '=', run_id)
        .where('step_id', '=', step_id)
        .where('state', '=', state)
        .where('round', '=', round)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    due: async (now, limit) =>
      (
        await all
          .innerJoin('partner', 'partner.id', 'signing.partner_id')
          .where('next_at', '<=', now)
          .where('partner.status', '=', 'ACTIVE')
          .where('partner.deleted_at', 'is', null)
          .orderBy('next_at')
          .limit(limit)
          .execute()
      ).map(toSigning),
    interrupted: async () => (await all.where('state', '=', sql.lit('asking')).execute()).map(toSigning),
    async shift(by) {
      const later = db.updateTable('signing').set((row) => ({
        next_at: row('next_at', '+', by),
        asked_at: row('asked_at', '+', by),
        checked_at: row('checked_at', '+', by),
        vault_asked_at: row('vault_asked_at', '+', by),
      }));
      // Of what is being asked nothing is due: no row is moved twice.
      await later.where('next_at', 'is not', null).execute();
      await later.where('next_at', 'is', null).where('state', '=', sql.lit('asking')).execute();
    },
    async resume(partnerId, reason, mode, at) {
      // Of each step that stands still its run, not of each run its steps.
      const runs = db.selectFrom('run').select('run.id').where('run.id', '=', sql.ref<string>('signing.run_id'));
      await db
        .updateTable('signing')
        .set({ refused_for: null, said: null, next_at: at, tries: 0 })
        .where('partner_id', '=', partnerId)
        .where('refused_for', '=', reason)
        .where((e) => e.exists(mode === undefined ? runs : runs.where('run.mode', '=', mode)))
        .execute();
    },
    async awaits(partnerId, document) {
      const rows = await db
        .selectFrom('signing')
        .innerJoin('run', 'run.id', 'signing.run_id')
        .selectAll('run')
        .where('signing.partner_id', '=', partnerId)
        .where(sql<boolean>`signing.state in ('planned', 'asking')`)
        .execute();
      return rows.some((row) => toRun(row).flow.steps.some((step) => step.kind === 'sign' && step.document === document));
    },
  };
}

const toSigning = (row: Tables['signing']): SigningRow => ({
  ...row,
  unclear: row.unclear === 1,
  unreachable: row.unreachable === 1,
  faults: JSON.parse(row.faults),
});

export function flowDocumentStore(db: Kysely<Tables>): FlowDocumentStore {
  const all = db.selectFrom('flowDocument').selectAll();
  return {
    async addresses() {
      return (await db.selectFrom('flowDocument').select('address').execute()).map(({ address }) => address);
    },
    list: (partnerId) => all.where('partnerId', '=', partnerId).orderBy('name').execute(),
    find: (partnerId, name) => all.where('partnerId', '=', partnerId).where('name', '=', name).executeTakeFirst(),
    async put({ partnerId, name, ...rest }) {
      await db
        .insertInto('flowDocument')
        .values({ partnerId: partnerId, name, ...rest })
        .onConflict((c) => c.columns(['partnerId', 'name']).doUpdateSet(rest))
        .execute();
    },
    async delete(partnerId, name) {
      await db.deleteFrom('flowDocument').where('partnerId', '=', partnerId).where('name', '=', name).execute();
    },
  };
}
