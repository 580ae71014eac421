import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { z } from 'zod/mini';
import {
  CeremonyQuery,
  CeremonyView,
  ConsentRequest,
  DeclineRequest,
  FieldsAnswer,
  FieldsRequest,
  FinishRequest,
  OutlineAnswer,
  OutlineRequest,
  PagesAnswer,
  PagesRequest,
} from '../../../shared/signing/ceremony.ts';
import type { OpenAnswers } from '../../http/answer/open-answers.ts';
import { reply } from '../../http/answer/reply.ts';
import { parse, readJson } from '../../http/body/input.ts';
import type { CallerAddressOf } from '../../http/caller-address.ts';
import type { Once } from '../domain/records/once.ts';
import { assertWidget, type Sessions } from '../domain/session/sessions.ts';
import type { Browser, Ceremonies } from '../domain/signing/ceremonies.ts';
import { idempotencyKey, visitOf } from './visits.ts';

interface Options {
  sessions: Sessions;
  ceremonies: Ceremonies;
  once: Once;
  addressOf: CallerAddressOf;
  publicUrl: string;
  opened: OpenAnswers;
}

/** Bytes of strokes and answers that are read at most. */
const fieldsCap = 4 * 1024 * 1024;
const outlineCap = 4 * 1024;

/** `/embed/ceremony`: shared/signing/ceremony.ts for the gateway's own sessions. */
export function ceremonyRoutes({ sessions, ceremonies, once, addressOf, publicUrl, opened }: Options, now: () => number): Router {
  const router = new Router({ prefix: '/embed/ceremony' });
  /** The caller as the gateway sees it, and what the browser calls itself. */
  const browserOf = (ctx: Context): Browser => ({ ...addressOf(ctx), userAgent: ctx.get('User-Agent') });
  const enter = async (ctx: Context) => {
    const { session } = await sessions.enter(visitOf(ctx, publicUrl), now());
    assertWidget(session, 'sign', 'onboarding');
    return session;
  };

  router.get('/', async (ctx: Context) => {
    const session = await enter(ctx);
    const query = parse(CeremonyQuery, { ...ctx.query });
    const call = { method: 'GET', path: '', query } as const;
    reply(ctx, 200, CeremonyView, await ceremonies.ask(session, browserOf(ctx), call, CeremonyView, now()));
  });

  router.get('/document', async (ctx: Context) => {
    const session = await enter(ctx);
    opened(ctx, { reader: session.id, account: session.partnerId });
    const wanted = { range: ctx.get('Range'), ifRange: ctx.get('If-Range'), ifNoneMatch: ctx.get('If-None-Match') };
    const { status, headers, body } = await ceremonies.document(session, browserOf(ctx), wanted, now());
    ctx.status = status;
    ctx.set({ ...headers, 'Cache-Control': 'no-store' });
    if (!body) return;
    ctx.type = 'application/pdf';
    ctx.body = body;
  });

  router.post('/pages', async (ctx: Context) => {
    const session = await enter(ctx);
    const body = parse(PagesRequest, await readJson(ctx));
    const call = { method: 'POST', path: '/pages', body } as const;
    reply(ctx, 200, PagesAnswer, await ceremonies.ask(session, browserOf(ctx), call, PagesAnswer, now()));
  });

  router.post('/outline', async (ctx: Context) => {
    const session = await enter(ctx);
    const body = parse(OutlineRequest, await readJson(ctx, outlineCap));
    const call = { method: 'POST', path: '/outline', body } as const;
    reply(ctx, 200, OutlineAnswer, await ceremonies.ask(session, browserOf(ctx), call, OutlineAnswer, now()));
  });

  router.put('/fields', async (ctx: Context) => {
    const session = await enter(ctx);
    const body = parse(FieldsRequest, await readJson(ctx, fieldsCap));
    const call = { method: 'PUT', path: '/fields', body } as const;
    reply(ctx, 200, FieldsAnswer, await ceremonies.ask(session, browserOf(ctx), call, FieldsAnswer, now()));
  });

  /** Acts that answer with the ceremony as it is then. A failure is not kept: the vendor may be asked the same again. */
  const act = <T>(path: '/consent' | '/decline' | '/finish', schema: z.ZodMiniType<T>) =>
    router.post(path, async (ctx: Context) => {
      const session = await enter(ctx);
      const key = idempotencyKey(ctx);
      const body = parse(schema, await readJson(ctx));
      const scope = `${session.partnerId} ${await ceremonies.envelopeOf(session)} ${session.sub} ceremony${path}`;
      const answer = await once({ scope, key, body }, async () => ({
        status: 200,
        body: await ceremonies.ask(session, browserOf(ctx), { method: 'POST', path, body }, CeremonyView, now()),
      }));
      if (answer.replayed) ctx.set('Idempotent-Replayed', 'true');
      reply(ctx, 200, CeremonyView, answer.body as CeremonyView);
    });
  act('/consent', ConsentRequest);
  act('/decline', DeclineRequest);
  act('/finish', FinishRequest);
  return router;
}
