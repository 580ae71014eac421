import { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { Values } from '../../../shared/onboarding/flow.ts';
import { BillingAnswer, DraftAnswer, DraftRequest, OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import { Failure } from '../../../shared/problem.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readJson, readJsonIfAny } from '../../http/body/input.ts';
import type { Onboarding } from '../domain/onboarding/onboarding.ts';
import type { Once } from '../domain/records/once.ts';
import { assertWidget, type Sessions } from '../domain/session/sessions.ts';
import { idempotencyKey, visitOf } from './visits.ts';

const StepRequest = z.strictObject({ values: z.optional(Values) });
const StepId = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/));

interface Options {
  sessions: Sessions;
  onboarding: Onboarding;
  once: Once;
  publicUrl: string;
}

/** `/embed/onboarding`: the customer's run, as the view shows it. */
export function onboardingRoutes({ sessions, onboarding, once, publicUrl }: Options, now: () => number): Router {
  const router = new Router({ prefix: '/embed/onboarding' });
  const enter = async (ctx: Context) => {
    const { session } = await sessions.enter(visitOf(ctx, publicUrl), now());
    assertWidget(session, 'onboarding');
    return session;
  };
  const show = (ctx: Context, view: OnboardingView) => {
    ctx.set('ETag', `"r${view.revision}"`);
    reply(ctx, 200, OnboardingView, view);
  };

  router.get('/', async (ctx: Context) => {
    const session = await enter(ctx);
    const at = now();
    await onboarding.hasten(session, at);
    show(ctx, await onboarding.view(session, at));
  });

  router.patch('/draft', async (ctx: Context) => {
    const session = await enter(ctx);
    const { values } = parse(DraftRequest, await readJson(ctx));
    const seen = ctx.get('If-Match') === '*' ? undefined : revisionOf(ctx);
    const { revision, savedAt } = await onboarding.saveDraft(session, seen, values, now());
    ctx.set('ETag', `"r${revision}"`);
    reply(ctx, 200, DraftAnswer, { revision, saved_at: iso(savedAt) });
  });

  router.post('/steps/:id', async (ctx: Context & { params: Record<string, string> }) => {
    const session = await enter(ctx);
    const id = parse(StepId, ctx.params.id);
    const body = parse(StepRequest, (await readJsonIfAny(ctx)) ?? {});
    const scope = `${session.partnerId} ${session.customerId} ${session.sub} steps/${id}`;
    const answer = await once({ scope, key: idempotencyKey(ctx), body }, async () => {
      const revision = ctx.get('If-Match') ? revisionOf(ctx) : undefined;
      const taken = await onboarding.take(session, id, body.values ?? {}, revision, now());
      return { status: 200, body: 'view' in taken ? taken.view : { billing_url: taken.billingUrl } };
    });
    if (answer.replayed) ctx.set('Idempotent-Replayed', 'true');
    const view = OnboardingView.safeParse(answer.body);
    if (view.success) show(ctx, view.data);
    else reply(ctx, 200, BillingAnswer, answer.body as BillingAnswer);
  });

  router.post('/steps/:id/reopen', async (ctx: Context & { params: Record<string, string> }) => {
    const session = await enter(ctx);
    const id = parse(StepId, ctx.params.id);
    const body = parse(z.strictObject({}), (await readJsonIfAny(ctx)) ?? {});
    const scope = `${session.partnerId} ${session.customerId} ${session.sub} steps/${id}/reopen`;
    const answer = await once({ scope, key: idempotencyKey(ctx), body }, async () => ({
      status: 200,
      body: await onboarding.reopen(session, id, now()),
    }));
    if (answer.replayed) ctx.set('Idempotent-Replayed', 'true');
    show(ctx, answer.body as OnboardingView);
  });
  return router;
}

/** RFC 9110 section 13.1.1: the revision the browser last saw, as `"r12"`. */
function revisionOf(ctx: Context): number {
  const [, revision] = /^"r(\d{1,15})"$/.exec(ctx.get('If-Match')) ?? [];
  if (revision === undefined) throw new Failure('precondition-missing', 'Send If-Match with the ETag you last saw.');
  return Number(revision);
}
