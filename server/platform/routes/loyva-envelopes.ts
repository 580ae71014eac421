import Router from '@koa/router';
import { Failure } from '../../../shared/problem.ts';
import { loyvaKeyHeader, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { parse, readJson } from '../../http/input.ts';
import { iso, reply } from '../../http/reply.ts';
import type { CreateEnvelope } from '../domain/create-envelope.ts';
import type { Envelopes } from '../domain/envelopes.ts';
import { keyMark } from '../domain/secrets.ts';
import type { Callers } from './callers.ts';
import { EnvelopeAnswer, EnvelopeList, envelopeAnswer, itemAnswer, LinksAnswer, StatusAnswer, signerAnswer } from './loyva-answers.ts';
import { CreateRequest, idOf, ListQuery, queryOf, VoidRequest } from './loyva-input.ts';

interface Domain {
  readonly callers: Callers;
  readonly envelopes: Envelopes;
  readonly createEnvelope: CreateEnvelope;
}

/** A document of 7,000,000 characters in base64, and what stands around it. */
const createCap = 10_000_000;

/** Loyva's envelopes: https://docs.stg.loyva.net/partner-integration/partner-endpoints. */
export function envelopeRoutes({ callers, envelopes, createEnvelope }: Domain, now: () => number): Router {
  const router = new Router({ sensitive: true });
  const one = `${loyvaPaths.envelopes}/:id`;

  router.post(loyvaPaths.envelopes, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    if (ctx.is('multipart/form-data')) throw notYet('Documents as multipart come later: send JSON with the document in base64.');
    const request = parse(CreateRequest, await readJson(ctx, createCap));
    reply(ctx, 201, EnvelopeAnswer, { data: envelopeAnswer(await createEnvelope(account, request, now()), now()) });
  });

  router.get(loyvaPaths.envelopes, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    const { page, limit, customer_id: customerId, status } = parse(ListQuery, queryOf(ctx));
    const { items, total } = await envelopes.list(account, { page, limit, customerId, status });
    reply(ctx, 200, EnvelopeList, { data: items.map((envelope) => itemAnswer(envelope, now())), meta: { page, limit, total } });
  });

  router.get(one, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.get(account, idOf(ctx)), now()) });
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

  router.post(`${one}/void`, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    const { reason } = parse(VoidRequest, await readJson(ctx));
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.void(account, idOf(ctx), reason || null, now()), now()) });
  });
  return router;
}

const notYet = (sentence: string) => new Failure('invalid-input', sentence);
