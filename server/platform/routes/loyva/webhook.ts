import Router from '@koa/router';
import { loyvaPaths } from '../../../../shared/vendors/loyva.ts';
import { WebhookAnswer, webhookPatch } from '../../../../shared/webhook-endpoint.ts';
import { reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import type { Webhooks } from '../../domain/account/webhooks.ts';
import type { Callers } from '../callers.ts';

interface Domain {
  readonly callers: Callers;
  readonly webhooks: Webhooks;
  /** Exact origins that may be called although they are not public. */
  readonly allowed: readonly string[];
}

/** Where the account's events are sent. The secret is taken and never given back. */
export function webhookRoutes({ callers, webhooks, allowed }: Domain, now: () => number): Router {
  const Patch = webhookPatch(allowed);
  const router = new Router({ sensitive: true });
  router.patch(loyvaPaths.webhook, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    const { url, secret } = await webhooks.change(account, parse(Patch, await readJson(ctx)), now());
    reply(ctx, 200, WebhookAnswer, { data: { webhook_url: url, webhook_secret_set: secret !== null } });
  });
  return router;
}
