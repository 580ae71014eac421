import Router from '@koa/router';
import { loyvaKeyHeader, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { readCursor } from '../../http/answer/cursor.ts';
import { assertGet } from '../../http/answer/get-only.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readJsonIfAny } from '../../http/body/input.ts';
import type { CreateEnvelope } from '../domain/creation/create.ts';
import type { Papers } from '../domain/creation/paper.ts';
import type { Envelopes } from '../domain/envelope/envelopes.ts';
import type { Reminding } from '../domain/envelope/reminders.ts';
import type { Envelope } from '../domain/records/envelope.ts';
import { keyMark } from '../domain/records/secrets.ts';
import type { Custody } from '../domain/vault/custody.ts';
import type { Callers } from './callers.ts';
import { readCreate } from './creation/create.ts';
import {
  CreatedAnswer,
  EnvelopeAnswer,
  EnvelopeList,
  envelopeAnswer,
  itemAnswer,
  LinksAnswer,
  metaAnswer,
  RemindAnswer,
  StatusAnswer,
  signerAnswer,
  statusAnswer,
} from './loyva/answers.ts';
import { readUpload } from './loyva/documents.ts';
import { idOf, ListQuery, queryOf, RemindRequest, VoidRequest } from './loyva/input.ts';
import { DetailAnswer, vaultPart } from './vault/answers.ts';

interface Domain {
  readonly callers: Callers;
  readonly envelopes: Envelopes;
  readonly createEnvelope: CreateEnvelope;
  readonly papers: Papers;
  readonly reminding: Reminding;
  readonly custody: (envelope: Envelope) => Promise<Custody | null>;
}

/** Loyva's envelopes: https://docs.stg.loyva.net/partner-integration/partner-endpoints. */
export function envelopeRoutes({ callers, envelopes, createEnvelope, papers, reminding, custody }: Domain, now: () => number): Router {
  const router = new Router({ sensitive: true });
  const one = `${loyvaPaths.envelopes}/:id`;

  router.post(loyvaPaths.envelopes, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    const request = await readCreate(ctx);
    const created = await createEnvelope(account, request, now());
    reply(ctx, 201, CreatedAnswer, { data: { ...envelopeAnswer(created, now()), warnings: [...created.warnings] } });
  });

  router.get(loyvaPaths.envelopes, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    const { customer_id: customerId, cursor, ...asked } = parse(ListQuery, queryOf(ctx));
    const query = { ...asked, customerId, after: readCursor(cursor, ['number', 'string']) };
    const at = now();
    const listed = await envelopes.list(account, query, at);
    reply(ctx, 200, EnvelopeList, { data: listed.items.map((envelope) => itemAnswer(envelope, at)), meta: metaAnswer(query, listed) });
  });

  router.get(one, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    const parties = await envelopes.get(account, idOf(ctx));
    const vault = vaultPart(await custody(parties.envelope));
    reply(ctx, 200, DetailAnswer, { data: { ...envelopeAnswer(parties, now()), vault } });
  });

  router.get(`${one}/status`, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    reply(ctx, 200, StatusAnswer, { data: statusAnswer(await envelopes.get(account, idOf(ctx)), now()) });
  });

  router.get(`${one}/signing-links`, async (ctx) => {
    assertGet(ctx);
    const account = await callers.loyva(ctx, 'envelopes:read');
    const { parties, links } = await envelopes.signingLinks(account, idOf(ctx), keyMark(ctx.get(loyvaKeyHeader)), now());
    reply(ctx, 200, LinksAnswer, {
      data: links.map((link) => ({
        ...signerAnswer(parties, link.signer),
        signing_url: link.url,
        expires_at: iso(link.expiresAt),
      })),
    });
  });

  router.post(`${one}/upload`, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    await papers.expect(account, idOf(ctx), now());
    const parties = await papers.upload(account, idOf(ctx), await readUpload(ctx), now());
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(parties, now()) });
  });

  router.post(`${one}/remind`, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    const { signer_email } = parse(RemindRequest, (await readJsonIfAny(ctx)) ?? {});
    const { reminded, skipped } = await reminding.remind(account, idOf(ctx), signer_email ?? null, now());
    reply(ctx, 200, RemindAnswer, {
      data: {
        envelope_id: idOf(ctx),
        reminded: [...reminded],
        skipped: skipped.map(({ email, nextAt }) => ({ email, next_at: iso(nextAt) })),
      },
    });
  });

  router.post(`${one}/void`, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    const { reason } = parse(VoidRequest, (await readJsonIfAny(ctx)) ?? {});
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.void(account, idOf(ctx), reason || null, now()), now()) });
  });
  return router;
}
