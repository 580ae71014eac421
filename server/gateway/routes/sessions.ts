import { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { SessionAnswer } from '../../../shared/embed.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readJsonIfAny } from '../../http/body/input.ts';
import type { Onboarding } from '../domain/onboarding/onboarding.ts';
import type { Opened, Sessions } from '../domain/session/sessions.ts';
import { visitOf } from './visits.ts';

const Nothing = z.strictObject({});

const answer = (ctx: Context, status: number, { session, partner, token, expiresAt }: Opened) =>
  reply(ctx, status, SessionAnswer, {
    session_id: session.id,
    session_token: token,
    token_type: 'DPoP',
    expires_at: iso(expiresAt),
    ends_at: iso(session.endsAt),
    widget_type: session.widget,
    locale: session.locale,
    branding: { name: partner.name },
  });

interface Options {
  sessions: Sessions;
  onboarding: Onboarding;
  publicUrl: string;
}

/** A browser's session: opened with an embed token, refreshed, ended. */
export function sessionRoutes({ sessions, onboarding, publicUrl }: Options, now: () => number): Router {
  const router = new Router();
  router.post('/embed/session', async (ctx: Context) => {
    parse(Nothing, (await readJsonIfAny(ctx, 1024)) ?? {});
    answer(ctx, 201, await sessions.open(visitOf(ctx, publicUrl), now()));
  });
  router.post('/embed/session/refresh', async (ctx: Context) => {
    parse(Nothing, (await readJsonIfAny(ctx, 1024)) ?? {});
    answer(ctx, 200, await sessions.refresh(visitOf(ctx, publicUrl), now()));
  });
  router.delete('/embed/session', async (ctx: Context) => {
    await onboarding.leave(await sessions.close(visitOf(ctx, publicUrl), now()));
    ctx.status = 204;
  });
  return router;
}
