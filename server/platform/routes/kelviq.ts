import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { Failure } from '../../../shared/problem.ts';
import { brokenRule } from '../../../shared/rules.ts';
import { kelviqKeyHeader, kelviqPaths } from '../../../shared/vendors/kelviq.ts';
import { parse, readJson } from '../../http/input.ts';
import { reply } from '../../http/reply.ts';
import type { Account, KelviqRecord } from '../domain/books.ts';
import type { Organizations } from '../domain/organizations.ts';
import type { Callers } from './callers.ts';
import { answerKelviqError } from './dialects.ts';
import { play } from './tricks.ts';

const text = (max: number) =>
  z
    .string({ error: (issue) => wrongKind(issue.input) })
    .check(
      z.trim(),
      z.minLength(1, 'This field may not be blank.'),
      z.maxLength(max, `Ensure this field has no more than ${max} characters.`),
      z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'Control characters are not allowed.'),
    );
const wrongKind = (input: unknown): string =>
  input === undefined ? 'This field is required.' : input === null ? 'This field may not be null.' : 'Not a valid string.';

/** Unknown fields are ignored. */
const OrganizationRequest = z.object({
  externalId: text(128),
  email: text(254).check(z.refine((email) => isEmail(email), 'Enter a valid email address.')),
  businessName: z.optional(text(200)),
});

const Organization = z.object({
  userId: z.nullable(z.int()),
  organizationIdentifier: z.string(),
  organizationSlug: z.nullable(z.string()),
  clientKey: z.nullable(z.string()),
  serverKey: z.nullable(z.string()),
  partnerExternalId: z.nullable(z.string()),
});
const OrganizationList = z.object({ results: z.array(Organization), count: z.int() });

/** Kelviq: https://docs.kelviq.com/api-reference/partner/provision-an-organization. Every read returns the server key, as theirs do. */
export function kelviqRoutes(domain: { callers: Callers; organizations: Organizations }, now: () => number): Router {
  const { callers, organizations } = domain;
  const router = new Router({ sensitive: true, prefix: kelviqPaths.organizations.replace(/\/$/, '') });

  const callerOf = async (ctx: Context): Promise<Account> => {
    const key = ctx.get(kelviqKeyHeader);
    if (key && (await organizations.isServerKey(key))) throw new Failure('scope-missing');
    return callers.of(ctx, 'kelviq', key);
  };

  router.post('/', async (ctx) => {
    const account = await callerOf(ctx);
    const request = parse(OrganizationRequest, await readJson(ctx));
    const outcome = await organizations.open(account, request, now());
    // The vendor's page shows no code ("Organization provisioned."); 201 is what its framework answers to a POST that makes something.
    if (outcome.kind === 'opened') reply(ctx, 201, Organization, organizationAnswer(outcome.opened));
    else if (outcome.kind === 'email-taken') answerKelviqError(ctx, 409, 'A user with this email already exists.');
    else await play(ctx, outcome.kind, () => answerKelviqError(ctx, 500, 'A server error occurred.'));
  });

  router.get('/', async (ctx) => {
    const account = await callerOf(ctx);
    const externalId = new URLSearchParams(ctx.querystring).get('external_id');
    const found = externalId === null ? await organizations.list(account) : known(await organizations.byExternalId(account, externalId));
    reply(ctx, 200, OrganizationList, { results: found.map(organizationAnswer), count: found.length });
  });

  router.get('/by-external-id/:externalId', async (ctx) => {
    const account = await callerOf(ctx);
    replyOne(ctx, await organizations.byExternalId(account, ctx.params.externalId ?? ''));
  });

  router.get('/:identifier', async (ctx) => {
    const account = await callerOf(ctx);
    replyOne(ctx, await organizations.byIdentifier(account, ctx.params.identifier ?? ''));
  });
  return router;
}

function replyOne(ctx: Context, found: KelviqRecord | undefined): void {
  if (!found) throw new Failure('not-found');
  reply(ctx, 200, Organization, organizationAnswer(found));
}

const known = (record: KelviqRecord | undefined): KelviqRecord[] => (record ? [record] : []);

const organizationAnswer = (record: KelviqRecord) => ({
  userId: record.userId,
  organizationIdentifier: record.identifier,
  organizationSlug: record.slug,
  clientKey: record.clientKey,
  serverKey: record.serverKey,
  partnerExternalId: record.externalId,
});

const isEmail = (email: string): boolean => !brokenRule({ name: 'email', kind: 'email', required: true, max: 254 }, { email });
