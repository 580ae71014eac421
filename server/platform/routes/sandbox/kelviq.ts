import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import type { Listed } from '../../../../shared/list.ts';
import { brokenRule } from '../../../../shared/onboarding/rules.ts';
import { Failure } from '../../../../shared/problem.ts';
import { asciiEmail } from '../../../../shared/text/email.ts';
import { isAddressable } from '../../../../shared/text/line.ts';
import { kelviqKeyHeader, kelviqPaths } from '../../../../shared/vendors/kelviq.ts';
import { readCursor, writeCursor } from '../../../http/answer/cursor.ts';
import { reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import type { Account } from '../../domain/records/account.ts';
import type { KelviqRecord } from '../../domain/records/sandbox.ts';
import type { Organizations } from '../../domain/sandbox/organizations.ts';
import type { Callers } from '../callers.ts';
import { answerKelviqError } from '../dialects.ts';
import { count, cursor, queryOf } from '../loyva/input.ts';
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
  externalId: text(128).check(z.refine(isAddressable, 'This value cannot stand in an address.')),
  email: text(254).check(
    z.overwrite(asciiEmail),
    z.refine((email) => isEmail(email), 'Enter a valid email address.'),
  ),
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
/** `count` is of all; `next_cursor`, ours, is where the rest begins, where there is more. */
const OrganizationList = z.object({ results: z.array(Organization), count: z.int(), next_cursor: z.optional(z.string()) });
const ListQuery = z.object({ external_id: z.optional(z.string()), page_size: count(100, 1, 100), cursor });

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
    const { external_id: externalId, page_size: limit, cursor } = parse(ListQuery, queryOf(ctx));
    const { items, total, next } =
      externalId === undefined
        ? await organizations.list(account, limit, readCursor(cursor, ['number']))
        : only(await organizations.byExternalId(account, externalId));
    reply(ctx, 200, OrganizationList, { results: items.map(organizationAnswer), count: total, next_cursor: writeCursor(next) });
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

const only = (record: KelviqRecord | undefined): Listed<KelviqRecord> => ({
  items: record ? [record] : [],
  total: Number(record !== undefined),
  next: null,
});

const organizationAnswer = (record: KelviqRecord) => ({
  userId: record.userId,
  organizationIdentifier: record.identifier,
  organizationSlug: record.slug,
  clientKey: record.clientKey,
  serverKey: record.serverKey,
  partnerExternalId: record.externalId,
});

const isEmail = (email: string): boolean => !brokenRule({ name: 'email', kind: 'email', required: true, max: 254 }, { email });
