import { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { Outcome, SigningFrame } from '../../../shared/signing/vendor-page.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readJsonIfAny } from '../../http/body/input.ts';
import { assertWidget, type Sessions } from '../domain/session/sessions.ts';
import type { VendorPages } from '../domain/signing/vendor-page.ts';
import { visitOf } from './visits.ts';

interface Options {
  sessions: Sessions;
  vendorPages: VendorPages;
  publicUrl: string;
}

/** `/embed/ceremony/{frame,outcome}`: shared/signing/vendor-page.ts, for vendors without a ceremony. */
export function vendorPageRoutes({ sessions, vendorPages, publicUrl }: Options, now: () => number): Router {
  const router = new Router({ prefix: '/embed/ceremony' });
  const enter = async (ctx: Context) => {
    const { session } = await sessions.enter(visitOf(ctx, publicUrl), now());
    assertWidget(session, 'sign', 'onboarding');
    return session;
  };

  router.post('/frame', async (ctx: Context) => {
    const session = await enter(ctx);
    parse(z.strictObject({}), (await readJsonIfAny(ctx)) ?? {});
    const { url, expiresAt } = await vendorPages.page(session);
    reply(ctx, 200, SigningFrame, { embed_url: url, expires_at: expiresAt === undefined ? null : iso(expiresAt) });
  });

  router.get('/outcome', async (ctx: Context) => {
    const { envelopeId, status, checkedAt } = await vendorPages.outcome(await enter(ctx), now());
    reply(ctx, 200, Outcome, { envelope_id: envelopeId, status, checked_at: iso(checkedAt) });
  });
  return router;
}
