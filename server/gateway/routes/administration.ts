import { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { Flow } from '../../../shared/onboarding/flow.ts';
import {
  AdoptRequest,
  AuditList,
  Credential as CredentialAnswer,
  CredentialList,
  CredentialQuery,
  CredentialTest,
  FlowAnswer,
  IssuedKey,
  IssueKey,
  type Key,
  KeyList,
  OriginRequest,
  Origins,
  PutCredential,
  ResetRequest,
  RetryRequest,
  RotateKey,
  RunList,
  RunView,
} from '../../../shared/registry.ts';
import { digits } from '../../../shared/text/line.ts';
import { readCursor, writeCursor } from '../../http/answer/cursor.ts';
import { iso, isoOrNull, reply } from '../../http/answer/reply.ts';
import { parse, readJson, readJsonIfAny } from '../../http/body/input.ts';
import type { Repairs } from '../domain/onboarding/repairs.ts';
import type { Reset } from '../domain/onboarding/resets.ts';
import type { Credential, PartnerKey } from '../domain/records/ports.ts';
import type { TokenKeys } from '../domain/records/token-keys.ts';
import type { Admins } from '../domain/registry/admins.ts';
import type { Audit } from '../domain/registry/audit.ts';
import type { createCredentials } from '../domain/registry/credentials.ts';
import type { createFlows } from '../domain/registry/flows.ts';
import type { createPartnerKeys } from '../domain/registry/partner-keys.ts';
import type { createPartners } from '../domain/registry/partners.ts';
import type { Runs } from '../domain/run/runs.ts';
import { administrator, type WithParams } from './registry.ts';
import { runsOf, runView } from './runs.ts';

export interface Administration {
  admins: Admins;
  partners: ReturnType<typeof createPartners>;
  keys: ReturnType<typeof createPartnerKeys>;
  credentials: ReturnType<typeof createCredentials>;
  flows: ReturnType<typeof createFlows>;
  runs: Runs;
  repairs: Repairs;
  reset: Reset;
  audit: Audit;
  embedKeys: TokenKeys;
}

const keyView = ({ id, mode, scopes, lastFour, createdAt, expiresAt, revokedAt }: PartnerKey): Key => ({
  id,
  mode,
  scopes,
  last_four: lastFour,
  created_at: iso(createdAt),
  expires_at: isoOrNull(expiresAt),
  revoked_at: isoOrNull(revokedAt),
});
const credentialView = ({
  id,
  vendor,
  mode,
  externalId,
  createdAt,
  updatedAt,
}: Credential & { externalId: string | null }): CredentialAnswer => ({
  id,
  vendor,
  mode,
  customer: externalId,
  created_at: iso(createdAt),
  updated_at: iso(updatedAt),
});
const AuditQuery = z.strictObject({
  before: z.optional(digits(0, Number.MAX_SAFE_INTEGER)),
  limit: z._default(digits(1, 200), 50),
});

/** What hangs below a partner in the registry (RFC 9457 problems), and the rotation of the gateway's signing key. */
export function administrationRoutes(options: Administration, now: () => number): Router {
  const { admins, audit, credentials, embedKeys, flows, keys, partners, repairs, reset, runs } = options;
  const router = new Router({ prefix: '/api/v1/admin' });
  const act = (work: (ctx: WithParams, partner: string, actor: string) => Promise<void>) => async (ctx: WithParams) => {
    const actor = await administrator(admins, ctx, now());
    await work(ctx, ctx.params.partner ?? '', actor);
  };
  const id = (ctx: WithParams): string => ctx.params.id ?? '';
  const at = '/partners/:partner';

  router.get(
    `${at}/keys`,
    act(async (ctx, partner) => reply(ctx, 200, KeyList, { items: (await keys.list(partner)).map(keyView) })),
  );
  router.post(
    `${at}/keys`,
    act(async (ctx, partner, actor) => {
      const { row, key } = await keys.issue(partner, parse(IssueKey, (await readJsonIfAny(ctx)) ?? {}), actor, now());
      reply(ctx, 201, IssuedKey, { ...keyView(row), key });
    }),
  );
  router.delete(
    `${at}/keys/:id`,
    act(async (ctx, partner, actor) => {
      await keys.revoke(partner, id(ctx), actor, now());
      ctx.status = 204;
    }),
  );
  router.post(
    `${at}/keys/:id/rotate`,
    act(async (ctx, partner, actor) => {
      const { overlap } = parse(RotateKey, (await readJsonIfAny(ctx)) ?? {});
      const { row, key } = await keys.rotate(partner, id(ctx), overlap, actor, now());
      reply(ctx, 201, IssuedKey, { ...keyView(row), key });
    }),
  );

  router.get(
    `${at}/origins`,
    act(async (ctx, partner) => reply(ctx, 200, Origins, { items: await partners.origins(partner) })),
  );
  router.post(
    `${at}/origins`,
    act(async (ctx, partner, actor) => {
      const { origin } = parse(OriginRequest, await readJson(ctx));
      reply(ctx, 201, Origins, { items: await partners.addOrigin(partner, origin, actor, now()) });
    }),
  );
  router.delete(
    `${at}/origins`,
    act(async (ctx, partner, actor) => {
      const { origin } = parse(OriginRequest, { ...ctx.query });
      reply(ctx, 200, Origins, { items: await partners.removeOrigin(partner, origin, actor, now()) });
    }),
  );

  router.get(
    `${at}/credentials`,
    act(async (ctx, partner) => {
      const { limit, cursor } = parse(CredentialQuery, { ...ctx.query });
      const { items, next } = await credentials.list(partner, limit, readCursor(cursor, ['number', 'string']));
      reply(ctx, 200, CredentialList, { items: items.map(credentialView), next_cursor: writeCursor(next) });
    }),
  );
  router.put(
    `${at}/credentials`,
    act(async (ctx, partner, actor) => {
      const put = await credentials.put(partner, parse(PutCredential, await readJson(ctx)), actor, now());
      reply(ctx, 200, CredentialAnswer, credentialView(put));
    }),
  );
  router.post(
    `${at}/credentials/:id/test`,
    act(async (ctx, partner) => reply(ctx, 200, CredentialTest, await credentials.test(partner, id(ctx)))),
  );
  router.delete(
    `${at}/credentials/:id`,
    act(async (ctx, partner, actor) => {
      await credentials.delete(partner, id(ctx), actor, now());
      ctx.status = 204;
    }),
  );

  router.get(
    `${at}/flow`,
    act(async (ctx, partner) => reply(ctx, 200, FlowAnswer, await flows.show(partner))),
  );
  router.put(
    `${at}/flow`,
    act(async (ctx, partner, actor) =>
      reply(ctx, 200, FlowAnswer, await flows.set(partner, parse(Flow, await readJson(ctx, 256 * 1024)), actor, now())),
    ),
  );

  router.get(
    `${at}/runs`,
    act(async (ctx, partner) => {
      reply(ctx, 200, RunList, await runsOf(ctx, runs, partner));
    }),
  );
  router.post(
    `${at}/runs/:id/retry`,
    act(async (ctx, partner, actor) => {
      await repairs.retry(partner, id(ctx), parse(RetryRequest, (await readJsonIfAny(ctx)) ?? {}).vendor, actor, now());
      reply(ctx, 200, RunView, runView(await runs.find(partner, id(ctx))));
    }),
  );
  router.post(
    `${at}/runs/:id/adopt`,
    act(async (ctx, partner, actor) => {
      await repairs.adopt(partner, id(ctx), parse(AdoptRequest, await readJson(ctx)), actor);
      reply(ctx, 200, RunView, runView(await runs.find(partner, id(ctx))));
    }),
  );
  router.post(
    `${at}/runs/:id/reset`,
    act(async (ctx, partner, actor) => {
      await reset(partner, id(ctx), parse(ResetRequest, await readJson(ctx)), actor, now());
      reply(ctx, 200, RunView, runView(await runs.find(partner, id(ctx))));
    }),
  );

  router.get(
    `${at}/audit`,
    act(async (ctx, partner) => {
      const { before, limit } = parse(AuditQuery, { ...ctx.query });
      await partners.find(partner);
      const items = await audit.leaves(partner, before, limit);
      const last = items.at(-1);
      reply(ctx, 200, AuditList, {
        items,
        next_before: items.length === limit && last ? last.seq : null,
        checkpoint: await audit.checkpoint(),
      });
    }),
  );

  router.post('/keys/rotate', async (ctx: Context) => {
    const actor = await administrator(admins, ctx, now());
    await embedKeys.rotate(actor, now());
    reply(ctx, 200, z.object({ kid: z.string() }), { kid: embedKeys.signer().kid });
  });
  return router;
}
