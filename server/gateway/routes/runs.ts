import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { z } from 'zod/mini';
import { AdoptRequest, type Mode, ResetRequest, RetryRequest, RunList, RunQuery, RunView } from '../../../shared/registry.ts';
import { readCursor, writeCursor } from '../../http/answer/cursor.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readJsonIfAny } from '../../http/body/input.ts';
import type { Repairs } from '../domain/onboarding/repairs.ts';
import type { Reset } from '../domain/onboarding/resets.ts';
import type { Once } from '../domain/records/once.ts';
import type { Caller, Callers } from '../domain/registry/callers.ts';
import { accountStateOf, signStateOf } from '../domain/run/progress.ts';
import type { RunSummary, Runs } from '../domain/run/runs.ts';
import { signStepOf } from '../domain/run/sign-step.ts';
import type { WithParams } from './registry.ts';
import { idempotencyKey, provenance } from './visits.ts';

export const runView = ({ run, externalId, progress, refusals }: RunSummary): RunView => ({
  run_id: run.id,
  external_id: externalId,
  livemode: run.mode === 'live',
  status: run.status,
  accounts: progress.accounts.map((account) => ({
    vendor: account.vendor,
    state: accountStateOf(account),
    refusal: refusals.get(account.vendor) ?? null,
  })),
  sign: signStepOf(run)
    ? {
        state: signStateOf(run, progress),
        envelope_id: progress.signing?.envelopeId ?? null,
        faults: progress.signing?.faults ?? [],
        refusal: refusals.get('loyva') ?? null,
      }
    : null,
  created_at: iso(run.createdAt),
  updated_at: iso(run.updatedAt),
});

/** The runs that a call asks for; with a mode, those of that mode only. */
export async function runsOf(ctx: Context, runs: Runs, partnerId: string, mode?: Mode): Promise<RunList> {
  const { cursor, external_id: externalId, ...query } = parse(RunQuery, { ...ctx.query });
  const { items, next } = await runs.list(partnerId, { ...query, externalId, mode, after: readCursor(cursor, ['string']) });
  return { items: items.map(runView), next_cursor: writeCursor(next) ?? null };
}

interface Options {
  callers: Callers;
  runs: Runs;
  repairs: Repairs;
  reset: Reset;
  once: Once;
}

/** `/partner/runs`: how far the partner's customers are, and what it decides where nobody knows what a vendor did, or where one refused. */
export function runRoutes({ callers, runs, repairs, reset, once }: Options, now: () => number): Router {
  const router = new Router({ prefix: '/partner/runs' });
  const identify = (ctx: Context): Promise<Caller> => callers.identify(ctx.get('X-API-Key'), 'onboarding:write', provenance(ctx), now());
  const id = (ctx: WithParams): string => ctx.params.id ?? '';

  router.get('{/}', async (ctx: Context) => {
    const { partner, mode } = await identify(ctx);
    reply(ctx, 200, RunList, await runsOf(ctx, runs, partner.id, mode));
  });
  router.get('/:id', async (ctx: WithParams) => {
    const { partner, mode } = await identify(ctx);
    reply(ctx, 200, RunView, runView(await runs.find(partner.id, id(ctx), mode)));
  });

  /** Decides something of a run, and answers with the run as it is then; once for an Idempotency-Key, where one comes. */
  function decides<T>(
    verb: string,
    request: z.ZodMiniType<T>,
    act: (partnerId: string, runId: string, body: T, actor: string, at: number) => Promise<void>,
  ) {
    router.post(`/:id/${verb}`, async (ctx: WithParams) => {
      const { partner, keyId, mode } = await identify(ctx);
      await runs.find(partner.id, id(ctx), mode);
      const body = parse(request, (await readJsonIfAny(ctx)) ?? {});
      const work = async () => {
        await act(partner.id, id(ctx), body, keyId, now());
        return { status: 200, body: runView(await runs.find(partner.id, id(ctx))) };
      };
      const scope = `${partner.id} runs/${id(ctx)}/${verb}`;
      const answer = ctx.get('Idempotency-Key')
        ? await once({ scope, key: idempotencyKey(ctx), body }, work)
        : { ...(await work()), replayed: false };
      if (answer.replayed) ctx.set('Idempotent-Replayed', 'true');
      reply(ctx, 200, RunView, answer.body as RunView);
    });
  }
  decides('retry', RetryRequest, (partnerId, runId, { vendor }, actor, at) => repairs.retry(partnerId, runId, vendor, actor, at));
  decides('adopt', AdoptRequest, repairs.adopt);
  decides('reset', ResetRequest, reset);
  return router;
}
