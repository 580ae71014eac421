import { Router } from '@koa/router';
import type { Context } from 'koa';
import { AdoptRequest, RetryRequest, RunList, RunQuery, RunView } from '../../../shared/registry.ts';
import { parse, readJson } from '../../http/input.ts';
import { iso, reply } from '../../http/reply.ts';
import type { Caller, Callers } from '../domain/callers.ts';
import { signStateOf } from '../domain/progress.ts';
import type { Repairs } from '../domain/repairs.ts';
import type { RunSummary, Runs } from '../domain/runs.ts';
import { signStepOf } from '../domain/sign-step.ts';
import type { WithParams } from './registry.ts';
import { provenance } from './visits.ts';

export const runView = ({ run, externalId, progress }: RunSummary): RunView => ({
  run_id: run.id,
  external_id: externalId,
  livemode: run.mode === 'live',
  status: run.status,
  accounts: progress.accounts.map(({ vendor, state }) => ({ vendor, state })),
  sign: signStepOf(run) ? { state: signStateOf(run, progress), envelope_id: progress.signing?.envelope_id ?? null } : null,
  created_at: iso(run.created_at),
  updated_at: iso(run.updated_at),
});

/** `/partner/runs`: how far the partner's customers are, and what it may decide where nobody knows what a vendor did. */
export function runRoutes({ callers, runs, repairs }: { callers: Callers; runs: Runs; repairs: Repairs }): Router {
  const router = new Router({ prefix: '/partner/runs' });
  const identify = (ctx: Context): Promise<Caller> => callers.identify(ctx.get('X-API-Key'), 'onboarding:write', provenance(ctx));
  const id = (ctx: WithParams): string => ctx.params.id ?? '';

  router.get('{/}', async (ctx: Context) => {
    const { partner, mode } = await identify(ctx);
    const { items, nextCursor } = await runs.list(partner.id, { ...parse(RunQuery, { ...ctx.query }), mode });
    reply(ctx, 200, RunList, { items: items.map(runView), next_cursor: nextCursor });
  });
  router.get('/:id', async (ctx: WithParams) => {
    const { partner, mode } = await identify(ctx);
    reply(ctx, 200, RunView, runView(await runs.find(partner.id, id(ctx), mode)));
  });
  router.post('/:id/retry', async (ctx: WithParams) => {
    const { partner, keyId, mode } = await identify(ctx);
    await runs.find(partner.id, id(ctx), mode);
    await repairs.retry(partner.id, id(ctx), parse(RetryRequest, await readJson(ctx)).vendor, keyId);
    reply(ctx, 200, RunView, runView(await runs.find(partner.id, id(ctx))));
  });
  router.post('/:id/adopt', async (ctx: WithParams) => {
    const { partner, keyId, mode } = await identify(ctx);
    await runs.find(partner.id, id(ctx), mode);
    await repairs.adopt(partner.id, id(ctx), parse(AdoptRequest, await readJson(ctx)), keyId);
    reply(ctx, 200, RunView, runView(await runs.find(partner.id, id(ctx))));
  });
  return router;
}
