import type { Kysely } from 'kysely';
import { Flow } from '../../../shared/onboarding.ts';
import type { Fault } from '../../../shared/problem.ts';
import type { AccountRow, RunRow, RunStore } from '../domain/ports.ts';
import type { Tables } from './tables.ts';

export function runStore(db: Kysely<Tables>): RunStore {
  return {
    async insert(row) {
      await db
        .insertInto('run')
        .values({ ...row, flow: JSON.stringify(row.flow), faults: JSON.stringify(row.faults) })
        .execute();
    },
    async find(partnerId, id) {
      const row = await db.selectFrom('run').selectAll().where('partner_id', '=', partnerId).where('id', '=', id).executeTakeFirst();
      return row && toRun(row);
    },
    async findByCustomer(partnerId, customerId) {
      const row = await db
        .selectFrom('run')
        .selectAll()
        .where('partner_id', '=', partnerId)
        .where('customer_id', '=', customerId)
        .executeTakeFirst();
      return row && toRun(row);
    },
    async update(partnerId, id, revision, { flow, faults, ...change }) {
      const { numUpdatedRows } = await db
        .updateTable('run')
        .set({
          ...change,
          ...(flow && { flow: JSON.stringify(flow) }),
          ...(faults && { faults: JSON.stringify(faults) }),
          revision: revision + 1,
        })
        .where('partner_id', '=', partnerId)
        .where('id', '=', id)
        .where('revision', '=', revision)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    async list(partnerId, { mode, external_id, status, cursor, limit }) {
      let query = db
        .selectFrom('run')
        .innerJoin('customer', 'customer.id', 'run.customer_id')
        .selectAll('run')
        .select('customer.external_id')
        .where('run.partner_id', '=', partnerId);
      if (mode !== undefined) query = query.where('run.mode', '=', mode);
      if (external_id !== undefined) query = query.where('customer.external_id', '=', external_id);
      if (status !== undefined) query = query.where('run.status', '=', status as RunRow['status']);
      if (cursor !== undefined) query = query.where('run.id', '>', cursor);
      const rows = await query.orderBy('run.id').limit(limit).execute();
      return rows.map(({ external_id: externalId, ...row }) => ({ ...toRun(row), external_id: externalId }));
    },
    accounts: async (partnerId, runId) =>
      (
        await db
          .selectFrom('account')
          .selectAll()
          .where('partner_id', '=', partnerId)
          .where('run_id', '=', runId)
          .orderBy('position')
          .execute()
      ).map(toAccount),
    async addAccount(row) {
      await db
        .insertInto('account')
        .values({ ...row, unreachable: Number(row.unreachable) })
        .execute();
    },
    async moveAccount({ run_id, vendor, state }, { unreachable, ...change }) {
      const { numUpdatedRows } = await db
        .updateTable('account')
        .set({ ...change, ...(unreachable !== undefined && { unreachable: Number(unreachable) }) })
        .where('run_id', '=', run_id)
        .where('vendor', '=', vendor)
        .where('state', '=', state)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    due: async (now, limit) =>
      (
        await db
          .selectFrom('account')
          .innerJoin('partner', 'partner.id', 'account.partner_id')
          .selectAll('account')
          .where('next_at', '<=', now)
          .where('partner.status', '=', 'ACTIVE')
          .where('partner.deleted_at', 'is', null)
          .orderBy('next_at')
          .limit(limit)
          .execute()
      ).map(toAccount),
    interrupted: async () => (await db.selectFrom('account').selectAll().where('state', '=', 'asking').execute()).map(toAccount),
  };
}

export const toRun = (row: Tables['run']): RunRow => ({
  ...row,
  flow: Flow.parse(JSON.parse(row.flow)),
  faults: JSON.parse(row.faults) as Fault[],
});
const toAccount = (row: Tables['account']): AccountRow => ({ ...row, unreachable: row.unreachable === 1 });
