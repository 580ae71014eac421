import { Failure } from '../../../shared/problem.ts';
import type { Mode, RunQuery } from '../../../shared/registry.ts';
import { findPartner } from './partners.ts';
import type { Keep, RunRow } from './ports.ts';
import type { Progress } from './progress.ts';
import { progressOf } from './run-progress.ts';

export interface RunSummary {
  readonly run: RunRow;
  readonly externalId: string;
  readonly progress: Progress;
}

/** A partner's runs, as lists of ids and states; what customers typed stays out. With a mode, those of that mode only. */
export function createRuns({ keep }: { keep: Keep }) {
  return {
    async list(partnerId: string, query: RunQuery & { mode?: Mode }): Promise<{ items: RunSummary[]; nextCursor: string | null }> {
      await findPartner(keep.read, partnerId);
      const rows = await keep.read.runs.list(partnerId, { ...query, limit: query.limit + 1 });
      const page = rows.slice(0, query.limit);
      const items = await Promise.all(
        page.map(async ({ external_id, ...run }) => ({
          run,
          externalId: external_id,
          progress: await progressOf(keep.read, run),
        })),
      );
      return { items, nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
    },
    async find(partnerId: string, id: string, mode?: Mode): Promise<RunSummary> {
      const run = await keep.read.runs.find(partnerId, id);
      const customer = run && (await keep.read.customers.find(partnerId, run.customer_id));
      if (!run || !customer || (mode && run.mode !== mode)) throw new Failure('not-found', 'There is no such run.');
      return { run, externalId: customer.external_id, progress: await progressOf(keep.read, run) };
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
