import { Router } from '@koa/router';
import type { Context } from 'koa';
import { CreatePartner, Partner as PartnerAnswer, PartnerList, PartnerQuery, PatchPartner } from '../../../shared/registry.ts';
import { readCursor, writeCursor } from '../../http/answer/cursor.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readJson } from '../../http/body/input.ts';
import type { Partner } from '../domain/records/ports.ts';
import type { Admins } from '../domain/registry/admins.ts';
import type { createPartners } from '../domain/registry/partners.ts';

type Partners = ReturnType<typeof createPartners>;
export type WithParams = Context & { params: Record<string, string> };

/** Who administers this call; reading and writing are different rights. */
export const administrator = (admins: Admins, ctx: Context, at: number): Promise<string> =>
  admins.identify(/^Bearer (.+)$/i.exec(ctx.get('Authorization'))?.[1] ?? '', ctx.method !== 'GET' && ctx.method !== 'HEAD', at);

const view = (row: Partner): PartnerAnswer => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  status: row.status,
  contact_email: row.contactEmail,
  max_tenants: row.maxTenants,
  max_users_per_tenant: row.maxUsersPerTenant,
  max_applications_per_tenant: row.maxApplicationsPerTenant,
  created_at: iso(row.createdAt),
  updated_at: iso(row.updatedAt),
});

/** The registry's five endpoints, after ScaiKey's Partners group: the collection with and without its slash. */
export function registryRoutes({ admins, partners }: { admins: Admins; partners: Partners }, now: () => number): Router {
  const router = new Router({ prefix: '/api/v1/admin/partners' });

  router.get('{/}', async (ctx: Context) => {
    await administrator(admins, ctx, now());
    const { page, per_page, cursor, ...filter } = parse(PartnerQuery, { ...ctx.query });
    const after = readCursor(cursor, ['number', 'string']);
    const { items, total, next } = await partners.list({ ...filter, page, limit: per_page, after });
    const number = after ? {} : { page };
    reply(ctx, 200, PartnerList, { items: items.map(view), total, ...number, per_page, next_cursor: writeCursor(next) });
  });
  router.post('{/}', async (ctx: Context) => {
    const actor = await administrator(admins, ctx, now());
    reply(ctx, 201, PartnerAnswer, view(await partners.create(parse(CreatePartner, await readJson(ctx)), actor, now())));
  });
  router.get('/:partner', async (ctx: WithParams) => {
    await administrator(admins, ctx, now());
    reply(ctx, 200, PartnerAnswer, view(await partners.find(ctx.params.partner ?? '')));
  });
  router.patch('/:partner', async (ctx: WithParams) => {
    const actor = await administrator(admins, ctx, now());
    const change = parse(PatchPartner, await readJson(ctx));
    reply(ctx, 200, PartnerAnswer, view(await partners.update(ctx.params.partner ?? '', change, actor, now())));
  });
  router.delete('/:partner', async (ctx: WithParams) => {
    const actor = await administrator(admins, ctx, now());
    await partners.delete(ctx.params.partner ?? '', actor, now());
    ctx.status = 204;
  });
  return router;
}
