import { readFile } from 'node:fs/promises';
import Router from '@koa/router';
import Koa from 'koa';
import { type Fetch, fileAddress, GatewayError, listRuns, mint, readRuns } from '../../shared/partner.ts';
import { demoCustomers, isExternalId, newExternalId, user } from './customers.ts';
import { customerPage, listPage, missingPage, notYetPage, type Shown } from './pages.ts';
import { headersFor } from './policy.ts';

export interface PortalConfig {
  readonly gatewayUrl: string;
  /** Harbor Leasing's key at the gateway. It never leaves this process but for the gateway. */
  readonly partnerKey: string;
  /** The vendors' sandbox, linked from the side bar of the demo. */
  readonly platformUrl?: string;
  readonly fetch?: Fetch;
  readonly report?: (error: unknown) => void;
}

/** Harbor Leasing's portal: everything a partner writes to have onboarding in its own pages. */
export function portal({ gatewayUrl, partnerKey, platformUrl, fetch = globalThis.fetch, report = () => {} }: PortalConfig): Koa {
  const gateway = { gateway: gatewayUrl, key: partnerKey, fetch };
  const shown: Shown = { gatewayUrl: new URL(gatewayUrl).origin, platformUrl, user };
  const find = (id: string) => demoCustomers.find((customer) => customer.external_id === id);
  const isKnown = (id: string) => find(id) !== undefined || isExternalId(id);
  const notYet = (error: GatewayError): undefined => {
    if (error.status !== 404) throw error;
  };
  const router = new Router();

  router.get('/', async (ctx) => {
    const runs = await readRuns(gateway, 500).catch((error: GatewayError) => error);
    ctx.body = listPage(shown, demoCustomers, runs);
  });
  router.post('/customers', (ctx) => {
    ctx.redirect(`/customers/${newExternalId()}`);
    ctx.status = 303;
  });
  router.get('/customers/:id', (ctx) => {
    const { id = '' } = ctx.params;
    if (isKnown(id)) ctx.body = customerPage(shown, id, find(id));
  });
  router.get(['/customers/:id/sealed', '/customers/:id/copy'], async (ctx) => {
    const { id = '' } = ctx.params;
    const kind = ctx.path.endsWith('/copy') ? 'copy' : 'sealed';
    if (!isKnown(id)) return;
    const { items } = await listRuns({ ...gateway, external_id: id });
    const envelope_id = items[0]?.sign?.envelope_id;
    const address = envelope_id ? await fileAddress({ ...gateway, envelope_id, kind }).catch(notYet) : undefined;
    if (address) ctx.redirect(address);
    else {
      ctx.status = 404;
      ctx.body = notYetPage(shown);
    }
  });
  router.post('/token', async (ctx) => {
    // A real portal looks here whether its signed-in user may act for this customer; the demo has one user, so only its own pages may ask.
    if (ctx.get('Sec-Fetch-Site') !== 'same-origin') ctx.throw(403);
    const external_id = String(ctx.query.customer);
    if (!isKnown(external_id)) ctx.throw(404);
    const { email, first_name, last_name, company_name } = find(external_id) ?? {};
    const customer = { external_id, email, first_name, last_name, company_name };
    const request = { widget_type: 'onboarding', user_email: user.email, customer } as const;
    ctx.body = { token: (await mint({ ...gateway, request })).token };
  });
  router.get(['/portal.css', '/portal.js', '/icon.svg'], async (ctx) => {
    ctx.type = ctx.path.slice(ctx.path.lastIndexOf('.'));
    ctx.body = await readFile(new URL(`.${ctx.path}`, import.meta.url));
  });

  const app = new Koa();
  app.on('error', report);
  app.use(async (ctx, next) => {
    ctx.set(headersFor(shown.gatewayUrl));
    await next().catch((error: unknown) => {
      if (!(error instanceof GatewayError)) throw error;
      ctx.status = 502;
      ctx.body = { error: error.message, code: error.code };
    });
    if (ctx.status === 404 && ctx.body == null) {
      ctx.body = missingPage(shown);
      ctx.status = 404;
    }
  });
  app.use(router.routes()).use(router.allowedMethods());
  return app;
}
