import { Router } from '@koa/router';
import type { Context } from 'koa';
import { MintAnswer, MintRequest } from '../../../shared/embed.ts';
import { parse, readJson } from '../../http/input.ts';
import { iso, reply } from '../../http/reply.ts';
import type { Callers } from '../domain/callers.ts';
import type { EmbedTokens } from '../domain/embed-tokens.ts';
import { provenance } from './visits.ts';

/** `POST /embed/token`, also under Loyva's `/api/v2`: a partner's server asks for a token for one of its customers. */
export function embedTokenRoutes({
  callers,
  embedTokens,
  publicUrl,
}: {
  callers: Callers;
  embedTokens: EmbedTokens;
  publicUrl: string;
}): Router {
  const router = new Router();
  const mint = async (ctx: Context) => {
    const caller = await callers.identify(ctx.get('X-API-Key'), 'onboarding:write', provenance(ctx));
    const input = parse(MintRequest, await readJson(ctx, 16 * 1024));
    const { token, expiresAt, partnerId } = await embedTokens.mint(caller, input);
    const embed_url = `${publicUrl}/embed/frame/${partnerId}#${token}`;
    reply(ctx, 200, MintAnswer, { data: { token, expires_at: iso(expiresAt), embed_url, widget_type: input.widget_type } });
  };
  router.post('/embed/token', mint);
  router.post('/api/v2/embed/token', mint);
  return router;
}
