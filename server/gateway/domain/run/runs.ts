import type { Listed } from '../../../../shared/list.ts';
import type { RefusalReason } from '../../../../shared/onboarding/onboarding.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Mode } from '../../../../shared/registry.ts';
import type { Box, Run, RunQuery, Storage } from '../records/ports.ts';
import { wordsOf } from '../records/refusal.ts';
import { findPartner } from '../registry/partners.ts';
import type { Progress } from './progress.ts';
import { progressesOf, progressOf } from './run-progress.ts';

export interface RunSummary {
  readonly run: Run;
  readonly externalId: string;
  readonly progress: Progress;
  /** What stands still at a vendor, and why. */
  readonly refusals: ReadonlyMap<string, StandingStill>;
}

/** `said`: the vendor's sentence, or that of whoever declined. */
interface StandingStill {
  readonly reason: RefusalReason | 'declined';
  readonly said: string | null;
}

/** A partner's runs, as lists of ids and states; of what customers typed only what a vendor quotes. With a mode, those of that mode only. */
export function createRuns({ storage, box }: { storage: Storage; box: Box }) {
  function summaryOf(run: Run, externalId: string, progress: Progress): RunSummary {
    const refusals = new Map<string, StandingStill>();
    for (const owner of [...progress.accounts, ...(progress.signing ? [{ ...progress.signing, vendor: 'loyva' }] : [])]) {
      const reason = owner.refusedFor ?? (owner.state === 'declined' ? 'declined' : undefined);
      if (reason) refusals.set(owner.vendor, { reason, said: wordsOf(box, owner) });
    }
    return { run, externalId, progress, refusals };
  }

  return {
    async list(partnerId: string, query: RunQuery): Promise<Omit<Listed<RunSummary>, 'total'>> {
      await findPartner(storage.read, partnerId);
      const { items, next } = await storage.read.runs.list(partnerId, query);
      const ids = items.map(({ id }) => id);
      const progress = await progressesOf(storage.read, partnerId, ids);
      return { items: items.map(({ externalId, ...run }) => summaryOf(run, externalId, progress(run.id))), next };
    },
    async find(partnerId: string, id: string, mode?: Mode): Promise<RunSummary> {
      const run = await storage.read.runs.find(partnerId, id);
      const customer = run && (await storage.read.customers.find(partnerId, run.customerId));
      if (!run || !customer || (mode && run.mode !== mode)) throw new Failure('not-found', 'There is no such run.');
      return summaryOf(run, customer.externalId, await progressOf(storage.read, run));
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
