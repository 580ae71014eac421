import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { type Fetch, fileAddress, GatewayError, listRuns, mint, readRuns, resetRun, retryRun } from '../../shared/partner.ts';
import { byOwnName } from '../http/own-name.ts';
import { demoCustomers, isExternalId, newExternalId, user } from './customers.ts';
import type { Shown } from './frame.ts';
import { customerPage, listPage, missingPage, notYetPage, type Outcome } from './pages.ts';
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

/** A real portal looks here whether its signed-in user may act for this customer; the demo has one user, so only its own pages may ask. */
function assertOwnPage(ctx: Context): void {
  if (ctx.get('Sec-Fetch-Site') !== 'same-origin') ctx.throw(403);
}

/** The fields of a form of the portal's own, which is small. */
async function readForm(ctx: Context): Promise<Record<string, string>> {
  const { length } = ctx.request;
  if (length === undefined || length > 4096) ctx.throw(413);
  return Object.fromEntries(new URLSearchParams(await text(ctx.req)));
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
  const runOf = async (external_id: string) => (await listRuns({ ...gateway, external_id })).items[0];
  const showCustomer = async (ctx: Context, id: string, outcome?: Outcome) => {
    const run = await runOf(id).catch(() => undefined);
    ctx.body = customerPage(shown, id, find(id), run, outcome);
  };
  router.get('/customers/:id', async (ctx) => {
    const { id = '' } = ctx.params;
    const { done } = ctx.query;
    if (isKnown(id)) await showCustomer(ctx, id, done === 'retry' || done === 'details' || done === 'sign' ? done : undefined);
  });
  router.post(['/customers/:id/retry', '/customers/:id/reset'], async (ctx) => {
    assertOwnPage(ctx);
    const { id = '' } = ctx.params;
    const run = isKnown(id) ? await runOf(id) : undefined;
    if (!run) return;
    const { key: idempotency_key, vendor, step } = await readForm(ctx);
    const decided = { ...gateway, run_id: run.run_id, idempotency_key };
    try {
      // What a vendor or a step may be is for Inlay to say.
      if (ctx.path.endsWith('/retry')) await retryRun({ ...decided, vendor } as Parameters<typeof retryRun>[0]);
      else await resetRun({ ...decided, step, vendor } as Parameters<typeof resetRun>[0]);
      ctx.redirect(`/customers/${id}?done=${step ?? 'retry'}`);
      ctx.status = 303;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      await showCustomer(ctx, id, error);
      ctx.status = error.status === 409 ? 409 : 502;
    }
  });
  router.get(['/customers/:id/sealed', '/customers/:id/copy'], async (ctx) => {
    const { id = '' } = ctx.params;
    const kind = ctx.path.endsWith('/copy') ? 'copy' : 'sealed';
    if (!isKnown(id)) return;
    const envelope_id = (await runOf(id))?.sign?.envelope_id;
    const address = envelope_id ? await fileAddress({ ...gateway, envelope_id, kind }).catch(notYet) : undefined;
    if (address) ctx.redirect(address);
    else {
      ctx.status = 404;
      ctx.body = notYetPage(shown);
    }
  });
  router.post('/token', async (ctx) => {
    assertOwnPage(ctx);
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
  app.use(byOwnName());
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
