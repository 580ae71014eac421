import { type Kysely, sql } from 'kysely';
import { cut, type Listed, passedOver } from '../../../../shared/list.ts';
import type { EnvelopeStatus } from '../../../../shared/vendors/loyva.ts';
import { totalOf } from '../../../storage/totals.ts';
import type { Envelope, EnvelopeQuery } from '../../domain/records/envelope.ts';
import { isOpen } from '../schema/envelope.ts';
import type { Tables } from '../schema/schema.ts';
import { envelopeOf } from './rows.ts';

/** What time alone does to envelopes, until a job writes it down: seconds later, so that there are few. */
type Late = 'overdue' | 'lapsed';
const leaving: Partial<Record<EnvelopeStatus, Late>> = { pending: 'overdue', sent: 'overdue', viewed: 'overdue', released: 'lapsed' };
const coming: Partial<Record<EnvelopeStatus, Late>> = { expired: 'overdue', vaulted: 'lapsed' };

/** An account's envelopes, newest first; those of one status are those that have it at this instant, as `statusOf` says it. */
export async function listEnvelopes(db: Kysely<Tables>, accountId: string, query: EnvelopeQuery, at: number): Promise<Listed<Envelope>> {
  const { customerId, status, limit, after } = query;
  const late = (kind: Late) =>
    lateOnes(db, accountId, kind, at).$if(customerId !== undefined, (q) => q.where('customer_id', '=', customerId ?? ''));
  const [leave, come] = [status && leaving[status], status && coming[status]];

  const owner = customerId === undefined ? accountId : `${accountId}/${customerId}`;
  const written = await totalOf(db, customerId === undefined ? 'envelopes' : 'customer_envelopes', owner, status);
  const gone = leave && status ? await count(late(leave).where('status', '=', status)) : 0;
  const total = written - gone + (come ? await count(late(come)) : 0);
  const passed = passedOver(query, total);
  if (passed === undefined) return { items: [], total, next: null };

  const before = () => {
    const all = db.selectFrom('envelopes').selectAll();
    return after ? all.where((e) => e(e.refTuple('created_at', 'id'), '<', e.tuple(...after))) : all;
  };
  let found = before().where('account_id', '=', accountId);
  if (customerId !== undefined) found = found.where('customer_id', '=', customerId);
  if (status !== undefined) found = found.where('status', '=', status);
  if (leave) found = found.where('id', 'not in', late(leave).select('id'));
  const told = come ? found.unionAll(before().where('id', 'in', late(come).select('id'))) : found;
  const newest = told.orderBy('created_at', 'desc').orderBy('id', 'desc');
  const { rows, next } = cut(
    await newest
      .limit(limit + 1)
      .offset(passed)
      .execute(),
    limit,
    (row) => [row.created_at, row.id],
  );
  return { items: rows.map(envelopeOf), total, next };
}

const lateOnes = (db: Kysely<Tables>, accountId: string, kind: Late, at: number) => {
  const mine = db.selectFrom('envelopes').where('account_id', '=', accountId);
  return kind === 'overdue'
    ? mine.where(isOpen).where('expires_at', '<=', at)
    : mine.where('state', '=', sql.lit('released')).where('acknowledge_by', '<=', at);
};

async function count(rows: ReturnType<typeof lateOnes>): Promise<number> {
  const { n } = await rows.select((e) => e.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
  return n;
}
