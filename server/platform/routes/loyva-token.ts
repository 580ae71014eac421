import Router from '@koa/router';
import { z } from 'zod/mini';
import { loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { parse, readJson } from '../../http/input.ts';
import { iso, reply } from '../../http/reply.ts';
import type { Envelopes } from '../domain/envelopes.ts';
import type { Callers } from './callers.ts';
import { TokenRequest } from './loyva-input.ts';

const TokenAnswer = z.object({
  data: z.object({
    token: z.string(),
    expires_at: z.string(),
    embed_url: z.string(),
    widget_type: z.literal('sign'),
    envelope_id: z.string(),
  }),
});

/** `POST /api/v2/embed/token`: https://docs.stg.loyva.net/api-reference/embed. */
export function tokenRoutes({ callers, envelopes }: { callers: Callers; envelopes: Envelopes }, now: () => number): Router {
  const router = new Router({ sensitive: true });
  router.post(loyvaPaths.token, async (ctx) => {
    const account = await callers.loyva(ctx, 'esign:write');
    const { envelope_id, user_email } = parse(TokenRequest, await readJson(ctx));
    const { token, expiresAt, url } = await envelopes.embedToken(account, envelope_id, user_email, now());
    reply(ctx, 200, TokenAnswer, { data: { token, expires_at: iso(expiresAt), embed_url: url, widget_type: 'sign', envelope_id } });
  });
  return router;
}
