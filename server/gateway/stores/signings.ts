import { type Kysely, sql } from 'kysely';
import type { FlowDocumentStore, Signing, SigningStore } from '../domain/records/ports.ts';
import { toRun } from './runs.ts';
import type { Tables } from './tables.ts';

export function signingStore(db: Kysely<Tables>): SigningStore {
  const all = db.selectFrom('signing').selectAll('signing');
  return {
    async find(partnerId, runId) {
      const row = await all.where('partnerId', '=', partnerId).where('runId', '=', runId).executeTakeFirst();
      return row && toSigning(row);
    },
    findMany: async (partnerId, runIds) =>
      (await all.where('partnerId', '=', partnerId).where('runId', 'in', runIds).execute()).map(toSigning),
    async findByEnvelope(partnerId, envelopeId) {
      const row = await all.where('partnerId', '=', partnerId).where('envelopeId', '=', envelopeId).executeTakeFirst();
      return row && toSigning(row);
    },
    async add(row) {
      await db
        .insertInto('signing')
        .values({ ...row, unclear: Number(row.unclear), unreachable: Number(row.unreachable), faults: JSON.stringify(row.faults) })
        .execute();
    },
    async move({ runId, stepId, state, round }, { unclear, unreachable, faults, ...change }) {
      const { numUpdatedRows } = await db
        .updateTable('signing')
        .set({
          ...change,
          ...(unclear !== undefined && { unclear: Number(unclear) }),
          ...(unreachable !== undefined && { unreachable: Number(unreachable) }),
          ...(faults !== undefined && { faults: JSON.stringify(faults) }),
        })
        .where('runId', '=', runId)
        .where('stepId', '=', stepId)
        .where('state', '=', state)
        .where('round', '=', round)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    due: async (now, limit) =>
      (
        await all
          .innerJoin('partner', 'partner.id', 'signing.partnerId')
          .where('nextAt', '<=', now)
          .where('partner.status', '=', 'ACTIVE')
          .where('partner.deletedAt', 'is', null)
          .orderBy('nextAt')
          .limit(limit)
          .execute()
      ).map(toSigning),
    interrupted: async () => (await all.where('state', '=', sql.lit('asking')).execute()).map(toSigning),
    async shift(by) {
      const later = db.updateTable('signing').set((row) => ({
        nextAt: row('nextAt', '+', by),
        askedAt: row('askedAt', '+', by),
        checkedAt: row('checkedAt', '+', by),
        vaultAskedAt: row('vaultAskedAt', '+', by),
      }));
      // Of what is being asked nothing is due: no row is moved twice.
      await later.where('nextAt', 'is not', null).execute();
      await later.where('nextAt', 'is', null).where('state', '=', sql.lit('asking')).execute();
    },
    async resume(partnerId, reason, mode, at) {
      // Of each step that stands still its run, not of each run its steps.
      const runs = db.selectFrom('run').select('run.id').where('run.id', '=', sql.ref<string>('signing.runId'));
      await db
        .updateTable('signing')
        .set({ refusedFor: null, said: null, nextAt: at, tries: 0 })
        .where('partnerId', '=', partnerId)
        .where('refusedFor', '=', reason)
        .where((e) => e.exists(mode === undefined ? runs : runs.where('run.mode', '=', mode)))
        .execute();
    },
    async awaits(partnerId, document) {
      const rows = await db
        .selectFrom('signing')
        .innerJoin('run', 'run.id', 'signing.runId')
        .selectAll('run')
        .where('signing.partnerId', '=', partnerId)
        .where(sql<boolean>`signing.state in ('planned', 'asking')`)
        .execute();
      return rows.some((row) => toRun(row).flow.steps.some((step) => step.kind === 'sign' && step.document === document));
    },
  };
}

const toSigning = (row: Tables['signing']): Signing => ({
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
        .values({ partnerId, name, ...rest })
        .onConflict((c) => c.columns(['partnerId', 'name']).doUpdateSet(rest))
        .execute();
    },
    async delete(partnerId, name) {
      await db.deleteFrom('flowDocument').where('partnerId', '=', partnerId).where('name', '=', name).execute();
    },
  };
}
