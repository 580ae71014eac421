import { Router } from '@koa/router';
import type { Context } from 'koa';
import { loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { WebhookAnswer, webhookPatch } from '../../../shared/webhook-endpoint.ts';
import { reply } from '../../http/answer/reply.ts';
import { parse, readJson } from '../../http/body/input.ts';
import type { Callers } from '../domain/registry/callers.ts';
import type { Webhooks } from '../domain/registry/webhooks.ts';
import { provenance } from './visits.ts';

interface Options {
  callers: Callers;
  webhooks: Webhooks;
  allowed: readonly string[];
}

/** `PATCH /api/v2/partner/webhook`, as Loyva has it: the gateway answers it itself, since it is the partner's own endpoint that is set. */
export function webhookRoutes({ callers, webhooks, allowed }: Options, now: () => number): Router {
  const Patch = webhookPatch(allowed);
  const router = new Router({ sensitive: true });
  router.patch(loyvaPaths.webhook, async (ctx: Context) => {
    const caller = await callers.identify(ctx.get('X-API-Key'), 'envelopes:write', provenance(ctx), now());
    const { url, secret } = await webhooks.set(caller, parse(Patch, await readJson(ctx, 16 * 1024)), now());
    reply(ctx, 200, WebhookAnswer, { data: { webhook_url: url, webhook_secret_set: secret !== null } });
  });
  return router;
}
