import type { RunRow, Stores } from '../records/ports.ts';
import { isComplete, type Progress, statusOf } from './progress.ts';

/** What hangs on a run, as it is kept now. */
export async function progressOf(stores: Stores, { partner_id, id }: Pick<RunRow, 'partner_id' | 'id'>): Promise<Progress> {
  return { accounts: await stores.runs.accounts(partner_id, id), signing: await stores.signings.find(partner_id, id) };
}

/** The same of many of a partner's runs, by id, in two questions. */
export async function progressesOf(stores: Stores, partnerId: string, runIds: readonly string[]): Promise<(id: string) => Progress> {
  // SQLite would read all there is to find nothing in an empty list.
  if (runIds.length === 0) return () => ({ accounts: [], signing: undefined });
  const accounts = Map.groupBy(await stores.runs.accountsOf(partnerId, runIds), ({ run_id }) => run_id);
  const signings = new Map((await stores.signings.findMany(partnerId, runIds)).map((signing) => [signing.run_id, signing]));
  return (id) => ({ accounts: accounts.get(id) ?? [], signing: signings.get(id) });
}

/** Writes what a move of an account or an envelope means for its run; nothing when it means nothing. */
export async function refreshRun(stores: Stores, before: RunRow, next: RunRow, at: number): Promise<void> {
  const progress = await progressOf(stores, next);
  const status = statusOf(next, progress);
  const changed = (['faults', 'submitted_at', 'billing_done_at'] as const).some((name) => next[name] !== before[name]);
  if (!changed && status === before.status) return;
  const { faults, submitted_at, billing_done_at } = next;
  const done_at = isComplete(next, progress) ? (before.done_at ?? at) : null;
  await stores.runs.update(next.partner_id, next.id, before.revision, {
    faults,
    submitted_at,
    billing_done_at,
    status,
    done_at,
    updated_at: at,
  });
  if (status !== before.status) await stores.record({ kind: `run.${status}`, at, partner: next.partner_id, about: { run: next.id } });
}
