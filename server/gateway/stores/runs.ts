import { type Kysely, sql } from 'kysely';
import { cut } from '../../../shared/list.ts';
import { Flow } from '../../../shared/onboarding/flow.ts';
import type { Fault } from '../../../shared/problem.ts';
import { modes } from '../../../shared/registry.ts';
import type { Account, Run, RunStore } from '../domain/records/ports.ts';
import { spellingsOf } from './sessions.ts';
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
      const row = await db.selectFrom('run').selectAll().where('partnerId', '=', partnerId).where('id', '=', id).executeTakeFirst();
      return row && toRun(row);
    },
    async findByCustomer(partnerId, customerId) {
      const row = await db
        .selectFrom('run')
        .selectAll()
        .where('partnerId', '=', partnerId)
        .where('customerId', '=', customerId)
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
        .where('partnerId', '=', partnerId)
        .where('id', '=', id)
        .where('revision', '=', revision)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    async list(partnerId, { mode, externalId, status, after, limit }) {
      let query = db
        .selectFrom('run')
        .innerJoin('customer', 'customer.id', 'run.customerId')
        .selectAll('run')
        .select('customer.externalId')
        .where('run.partnerId', '=', partnerId);
      if (mode !== undefined) query = query.where('run.mode', '=', mode);
      // By what is unique of a customer, so that it is found at once.
      if (externalId !== undefined)
        query = query
          .where('customer.partnerId', '=', partnerId)
          .where('customer.mode', 'in', mode === undefined ? modes : [mode])
          .where('customer.externalId', 'in', spellingsOf(externalId.normalize('NFC')));
      if (status !== undefined) query = query.where('run.status', '=', status as Run['status']);
      if (after) query = query.where('run.id', '>', after[0]);
      const found = await query
        .orderBy('run.id')
        .limit(limit + 1)
        .execute();
      const { rows, next } = cut(found, limit, (row) => [row.id]);
      return { items: rows.map(({ externalId: id, ...row }) => ({ ...toRun(row), externalId: id })), next };
    },
    accounts: async (partnerId, runId) =>
      (
        await db
          .selectFrom('account')
          .selectAll()
          .where('partnerId', '=', partnerId)
          .where('runId', '=', runId)
          .orderBy('position')
          .execute()
      ).map(toAccount),
    accountsOf: async (partnerId, runIds) =>
      (
        await db
          .selectFrom('account')
          .selectAll()
          .where('partnerId', '=', partnerId)
          .where('runId', 'in', runIds)
          .orderBy('runId')
          .orderBy('position')
          .execute()
      ).map(toAccount),
    async addAccount(row) {
      await db
        .insertInto('account')
        .values({ ...row, unreachable: Number(row.unreachable) })
        .execute();
    },
    async moveAccount({ runId, vendor, state }, { unreachable, ...change }) {
      const { numUpdatedRows } = await db
        .updateTable('account')
        .set({ ...change, ...(unreachable !== undefined && { unreachable: Number(unreachable) }) })
        .where('runId', '=', runId)
        .where('vendor', '=', vendor)
        .where('state', '=', state)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    due: async (now, limit) =>
      (
        await db
          .selectFrom('account')
          .innerJoin('partner', 'partner.id', 'account.partnerId')
          .selectAll('account')
          .where('nextAt', '<=', now)
          .where('partner.status', '=', 'ACTIVE')
          .where('partner.deletedAt', 'is', null)
          .orderBy('nextAt')
          .limit(limit)
          .execute()
      ).map(toAccount),
    async resume({ partnerId, customerId, vendor, mode }, at) {
      if (vendor !== 'kelviq' && vendor !== 'scribeless') return;
      // Of each account that stands still its run, not of each run its accounts.
      const runs = db
        .selectFrom('run')
        .select('run.id')
        .where('run.id', '=', sql.ref<string>('account.runId'))
        .where('run.mode', '=', mode);
      const held = db
        .updateTable('account')
        .set({ refusedFor: null, said: null, nextAt: at, tries: 0 })
        .where('partnerId', '=', partnerId)
        .where('vendor', '=', vendor)
        .where('refusedFor', '=', 'key');
      if (customerId === '')
        await held
          .set({ state: 'planned' })
          .where('state', '=', 'refused')
          .where((e) => e.exists(runs))
          .execute();
      else
        await held
          .where('state', 'in', ['opened', 'ready'])
          .where((e) => e.exists(runs.where('run.customerId', '=', customerId)))
          .execute();
    },
    async shift(by) {
      await db
        .updateTable('account')
        .set((row) => ({ nextAt: row('nextAt', '+', by), askedAt: row('askedAt', '+', by), checkedAt: row('checkedAt', '+', by) }))
        .where('nextAt', 'is not', null)
        .execute();
    },
    async resumed(partnerId) {
      const refused = (table: 'account' | 'signing') =>
        db.selectFrom(table).select('runId').where('partnerId', '=', partnerId).where('refusedFor', 'is not', null);
      await db
        .updateTable('run')
        .set({ status: 'in_progress' })
        .where('partnerId', '=', partnerId)
        .where('status', '=', 'refused')
        .where('id', 'not in', refused('account'))
        .where('id', 'not in', refused('signing'))
        .execute();
    },
    interrupted: async () => (await db.selectFrom('account').selectAll().where('state', '=', sql.lit('asking')).execute()).map(toAccount),
  };
}

/** A partner's runs have the same flow, and reading it costs more than reading the run: each text is read once. */
const read = new Map<string, Flow>();
function flowIn(text: string): Flow {
  const known = read.get(text);
  if (known) return known;
  const flow = Flow.parse(JSON.parse(text));
  if (read.size >= 100) read.clear();
  read.set(text, flow);
  return flow;
}

export const toRun = (row: Tables['run']): Run => ({
  ...row,
  flow: flowIn(row.flow),
  faults: JSON.parse(row.faults) as Fault[],
});
const toAccount = (row: Tables['account']): Account => ({ ...row, unreachable: row.unreachable === 1 });
