import type { Run, Stores } from '../records/ports.ts';
import { isComplete, type Progress, statusOf } from './progress.ts';

/** What hangs on a run, as it is kept now. */
export async function progressOf(stores: Stores, { partnerId, id }: Pick<Run, 'partnerId' | 'id'>): Promise<Progress> {
  return { accounts: await stores.runs.accounts(partnerId, id), signing: await stores.signings.find(partnerId, id) };
}

/** The same of many of a partner's runs, by id, in two questions. */
export async function progressesOf(stores: Stores, partnerId: string, runIds: readonly string[]): Promise<(id: string) => Progress> {
  // SQLite would read all there is to find nothing in an empty list.
  if (runIds.length === 0) return () => ({ accounts: [], signing: undefined });
  const accounts = Map.groupBy(await stores.runs.accountsOf(partnerId, runIds), ({ runId }) => runId);
  const signings = new Map((await stores.signings.findMany(partnerId, runIds)).map((signing) => [signing.runId, signing]));
  return (id) => ({ accounts: accounts.get(id) ?? [], signing: signings.get(id) });
}

/** Writes what a move of an account or an envelope means for its run; nothing when it means nothing. */
export async function refreshRun(stores: Stores, before: Run, next: Run, at: number): Promise<void> {
  const progress = await progressOf(stores, next);
  const status = statusOf(next, progress);
  const changed = (['faults', 'submittedAt', 'billingDoneAt'] as const).some((name) => next[name] !== before[name]);
  if (!changed && status === before.status) return;
  const { faults, submittedAt, billingDoneAt } = next;
  const doneAt = isComplete(next, progress) ? (before.doneAt ?? at) : null;
  await stores.runs.update(next.partnerId, next.id, before.revision, {
    faults,
    submittedAt,
    billingDoneAt,
    status,
    doneAt,
    updatedAt: at,
  });
  if (status !== before.status) await stores.record({ kind: `run.${status}`, at, partner: next.partnerId, about: { run: next.id } });
}
