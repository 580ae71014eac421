import Router from '@koa/router';
import { loyvaKeyHeader, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { parse, readJson } from '../../http/input.ts';
import { iso, reply } from '../../http/reply.ts';
import type { CreateEnvelope } from '../domain/create-envelope.ts';
import type { Custody } from '../domain/custody.ts';
import type { Envelope } from '../domain/envelope.ts';
import type { Envelopes } from '../domain/envelopes.ts';
import type { Papers } from '../domain/paper.ts';
import type { Reminding } from '../domain/reminders.ts';
import { keyMark } from '../domain/secrets.ts';
import type { Callers } from './callers.ts';
import {
  EnvelopeAnswer,
  EnvelopeList,
  envelopeAnswer,
  itemAnswer,
  LinksAnswer,
  RemindAnswer,
  StatusAnswer,
  signerAnswer,
} from './loyva-answers.ts';
import { readCreate } from './loyva-create.ts';
import { readUpload } from './loyva-documents.ts';
import { idOf, ListQuery, queryOf, RemindRequest, VoidRequest } from './loyva-input.ts';
import { DetailAnswer, vaultPart } from './loyva-vault-answers.ts';

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
    reply(ctx, 201, EnvelopeAnswer, { data: envelopeAnswer(await createEnvelope(account, request, now()), now()) });
  });

  router.get(loyvaPaths.envelopes, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    const { page, limit, customer_id: customerId, status } = parse(ListQuery, queryOf(ctx));
    const at = now();
    const { items, total } = await envelopes.list(account, { page, limit, customerId, status }, at);
    reply(ctx, 200, EnvelopeList, { data: items.map((envelope) => itemAnswer(envelope, at)), meta: { page, limit, total } });
  });

  router.get(one, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    const parties = await envelopes.get(account, idOf(ctx));
    const vault = vaultPart(await custody(parties.envelope));
    reply(ctx, 200, DetailAnswer, { data: { ...envelopeAnswer(parties, now()), vault } });
  });

  router.get(`${one}/status`, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    reply(ctx, 200, StatusAnswer, { data: envelopeAnswer(await envelopes.get(account, idOf(ctx)), now()) });
  });

  router.get(`${one}/signing-links`, async (ctx) => {
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
    const { signer_email } = parse(RemindRequest, await readJson(ctx));
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
    const { reason } = parse(VoidRequest, await readJson(ctx));
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.void(account, idOf(ctx), reason || null, now()), now()) });
  });
  return router;
}
