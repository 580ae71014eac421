import type { RunRow, Stores } from './ports.ts';
import { type Progress, statusOf } from './progress.ts';

/** What hangs on a run, as it is kept now. */
export async function progressOf(stores: Stores, { partner_id, id }: Pick<RunRow, 'partner_id' | 'id'>): Promise<Progress> {
  return { accounts: await stores.runs.accounts(partner_id, id), signing: await stores.signings.find(partner_id, id) };
}

/** Writes what a move of an account or an envelope means for its run; nothing when it means nothing. */
export async function refreshRun(stores: Stores, before: RunRow, next: RunRow, at: number): Promise<void> {
  const status = statusOf(next, await progressOf(stores, next));
  const changed = (['faults', 'submitted_at', 'billing_done_at'] as const).some((name) => next[name] !== before[name]);
  if (!changed && status === before.status) return;
  const { faults, submitted_at, billing_done_at } = next;
  const done_at = status === 'done' ? (before.done_at ?? at) : null;
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
