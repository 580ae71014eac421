import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { signerStates } from '../../../shared/ceremony.ts';
import { Failure } from '../../../shared/problem.ts';
import { envelopeStatuses, loyvaKeyHeader, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { parse, readJson } from '../../http/input.ts';
import { iso, isoOrNull, reply } from '../../http/reply.ts';
import type { Accounts } from '../domain/accounts.ts';
import type { Account } from '../domain/books.ts';
import type { CreateEnvelope } from '../domain/create-envelope.ts';
import { type Envelopes, type Parties, signerStatus, statusOf } from '../domain/envelopes.ts';
import { type FileKind, filenameOf } from '../domain/files.ts';
import { keyMark } from '../domain/secrets.ts';
import type { Vault } from '../domain/vault.ts';
import { CreateRequest, LinkQuery, ListQuery, TokenRequest, VoidRequest } from './loyva-input.ts';

interface Domain {
  readonly accounts: Accounts;
  readonly envelopes: Envelopes;
  readonly createEnvelope: CreateEnvelope;
  readonly vault: Vault;
}

const item = {
  envelope_id: z.string(),
  envelope_name: z.string(),
  status: z.enum(envelopeStatuses),
  customer_id: z.string(),
  external_id: z.nullable(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
};
const signer = { email: z.string(), name: z.string(), role: z.nullable(z.string()), status: z.enum(signerStates) };
const EnvelopeList = z.object({
  data: z.array(z.object(item)),
  meta: z.object({ page: z.int(), limit: z.int(), total: z.int() }),
});
const EnvelopeAnswer = z.object({
  data: z.object({
    ...item,
    template_id: z.null(),
    vaulted: z.boolean(),
    compliant: z.boolean(),
    metadata: z.record(z.string(), z.string()),
    signing_order: z.enum(['parallel', 'sequential']),
    signers: z.array(z.object(signer)),
    expires_at: z.nullable(z.string()),
    completed_at: z.nullable(z.string()),
    vaulted_at: z.nullable(z.string()),
  }),
});
const StatusAnswer = z.object({
  data: z.object({
    envelope_id: z.string(),
    status: z.enum(envelopeStatuses),
    vaulted: z.boolean(),
    signers: z.array(z.object({ email: signer.email, status: signer.status })),
  }),
});
const LinksAnswer = z.object({ data: z.array(z.object({ ...signer, signing_url: z.string(), expires_at: z.string() })) });
const FileAnswer = z.object({
  data: z.object({ signed_url: z.string(), filename: z.string(), expires_in: z.int(), expires_at: z.string() }),
});
const TokenAnswer = z.object({
  data: z.object({
    token: z.string(),
    expires_at: z.string(),
    embed_url: z.string(),
    widget_type: z.literal('sign'),
    envelope_id: z.string(),
  }),
});

/** A document of 7,000,000 characters in base64, and what stands around it. */
const createCap = 10_000_000;

/** Loyva's partner API: https://docs.stg.loyva.net/partner-integration/partner-endpoints. */
export function loyvaRoutes(domain: Domain, now: () => number): Router {
  const { accounts, envelopes, createEnvelope, vault } = domain;
  const router = new Router({ sensitive: true });
  const one = `${loyvaPaths.envelopes}/:id`;
  const callerOf = (ctx: Context): Promise<Account> => accounts.ofKey('loyva', ctx.get(loyvaKeyHeader));

  router.post(loyvaPaths.envelopes, async (ctx) => {
    const account = await callerOf(ctx);
    if (ctx.is('multipart/form-data')) throw notYet('Documents as multipart come later: send JSON with the document in base64.');
    const request = parse(CreateRequest, await readJson(ctx, createCap));
    reply(ctx, 201, EnvelopeAnswer, { data: envelopeAnswer(await createEnvelope(account, request, now()), now()) });
  });

  router.get(loyvaPaths.envelopes, async (ctx) => {
    const account = await callerOf(ctx);
    const { page, limit, customer_id: customerId, status } = parse(ListQuery, queryOf(ctx));
    const { items, total } = await envelopes.list(account, { page, limit, customerId, status });
    reply(ctx, 200, EnvelopeList, { data: items.map((envelope) => itemAnswer(envelope, now())), meta: { page, limit, total } });
  });

  router.get(one, async (ctx) => {
    const account = await callerOf(ctx);
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.get(account, idOf(ctx)), now()) });
  });

  router.get(`${one}/status`, async (ctx) => {
    const account = await callerOf(ctx);
    reply(ctx, 200, StatusAnswer, { data: envelopeAnswer(await envelopes.get(account, idOf(ctx)), now()) });
  });

  router.get(`${one}/signing-links`, async (ctx) => {
    const account = await callerOf(ctx);
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
    const account = await callerOf(ctx);
    const { reason } = parse(VoidRequest, await readJson(ctx));
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.void(account, idOf(ctx), reason || null, now()), now()) });
  });

  router.post(`${one}/vault-in-signed`, async (ctx) => {
    const account = await callerOf(ctx);
    await vault.storeById(account, idOf(ctx));
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.get(account, idOf(ctx)), now()) });
  });

  const linkTo = (kind: FileKind) => async (ctx: Context) => {
    const account = await callerOf(ctx);
    const { expires } = parse(LinkQuery, queryOf(ctx));
    const { link, url } = await vault.link(account, idOf(ctx), kind, expires);
    reply(ctx, 200, FileAnswer, {
      data: { signed_url: url, filename: filenameOf(link), expires_in: expires, expires_at: iso(link.expires * 1000) },
    });
  };
  router.get(`${one}/vault/signed-url`, linkTo('authoritative'));
  router.get(`${one}/vault/copy/signed-url`, linkTo('copy'));

  router.post(loyvaPaths.token, async (ctx) => {
    const account = await callerOf(ctx);
    const { envelope_id, user_email } = parse(TokenRequest, await readJson(ctx));
    const { token, expiresAt, url } = await envelopes.embedToken(account, envelope_id, user_email, now());
    reply(ctx, 200, TokenAnswer, { data: { token, expires_at: iso(expiresAt), embed_url: url, widget_type: 'sign', envelope_id } });
  });
  return router;
}

const notYet = (sentence: string) => new Failure('invalid-input', sentence);
const idOf = (ctx: Context): string => String(ctx.params.id ?? '');
const queryOf = (ctx: Context): Record<string, string> => Object.fromEntries(new URLSearchParams(ctx.querystring));

const itemAnswer = (envelope: Parties['envelope'], at: number) => ({
  envelope_id: envelope.id,
  envelope_name: envelope.name,
  status: statusOf(envelope, at),
  customer_id: envelope.customerId,
  external_id: envelope.externalId,
  created_at: iso(envelope.createdAt),
  updated_at: iso(envelope.updatedAt),
});

const signerAnswer = (parties: Parties, { email, name, role, ...rest }: Parties['signers'][number]) => ({
  email,
  name,
  role,
  status: signerStatus(parties, { email, name, role, ...rest }),
});

const envelopeAnswer = (parties: Parties, at: number) => ({
  ...itemAnswer(parties.envelope, at),
  template_id: null,
  vaulted: parties.envelope.state === 'vaulted',
  compliant: false,
  metadata: { ...parties.envelope.metadata },
  signing_order: parties.envelope.order,
  signers: parties.signers.map((each) => signerAnswer(parties, each)),
  expires_at: isoOrNull(parties.envelope.expiresAt),
  completed_at: isoOrNull(parties.envelope.completedAt),
  vaulted_at: isoOrNull(parties.envelope.vaultedAt),
});
