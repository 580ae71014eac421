import { Router } from '@koa/router';
import type { Context } from 'koa';
import { MintAnswer, mintRequest } from '../../../shared/embed.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readJson } from '../../http/body/input.ts';
import { assertScope, type Callers } from '../domain/registry/callers.ts';
import { type EmbedTokens, mintScopes } from '../domain/session/embed-tokens.ts';
import { provenance } from './visits.ts';

interface Options {
  callers: Callers;
  embedTokens: EmbedTokens;
  publicUrl: string;
}

/** `POST /embed/token`, also under Loyva's `/api/v2`: a partner's server asks for a token for one of its customers, a signer, or a reader of the vault. */
export function embedTokenRoutes({ callers, embedTokens, publicUrl }: Options, now: () => number): Router {
  const router = new Router();
  const mint = async (ctx: Context) => {
    const caller = await callers.identify(ctx.get('X-API-Key'), null, provenance(ctx), now());
    const body = await readJson(ctx, 16 * 1024);
    assertScope(caller, mintScopes[widgetOf(body)]);
    const input = parse(mintRequest(body), body);
    const { token, expiresAt, partnerId } = await embedTokens.mint(caller, input);
    const embed_url = `${publicUrl}/embed/frame/${partnerId}#${token}`;
    const about = 'envelope_id' in input ? { envelope_id: input.envelope_id } : {};
    reply(ctx, 200, MintAnswer, { data: { token, expires_at: iso(expiresAt), embed_url, widget_type: input.widget_type, ...about } });
  };
  router.post('/embed/token', mint);
  router.post('/api/v2/embed/token', mint);
  return router;
}

/** Which view is asked for, before the rest is read: the key's right to it comes first. */
function widgetOf(body: unknown): keyof typeof mintScopes {
  const asked = typeof body === 'object' && body !== null && 'widget_type' in body ? String(body.widget_type) : '';
  return Object.hasOwn(mintScopes, asked) ? (asked as keyof typeof mintScopes) : 'onboarding';
}
