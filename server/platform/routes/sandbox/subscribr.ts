import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { Failure } from '../../../../shared/problem.ts';
import { subscriptionStatuses, teamAbilities, teamRoles, tokenNameLength } from '../../../../shared/team.ts';
import { subscribrPaths } from '../../../../shared/vendors/subscribr.ts';
import { readCursor, writeCursor } from '../../../http/answer/cursor.ts';
import { reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import type { ContentTeam, TeamToken } from '../../domain/records/sandbox.ts';
import type { ContentTeams, Credits, Subscription, TeamCaller } from '../../domain/sandbox/subscribr.ts';
import type { TeamTokens } from '../../domain/sandbox/team-tokens.ts';
import type { Callers } from '../callers.ts';
import { count, cursor, queryOf } from '../loyva/input.ts';

/** The sentences are those of Laravel's validator. */
const kindOf =
  (field: string, kind: string) =>
  ({ input }: { input?: unknown }): string =>
    input === undefined || input === null ? `The ${field} field is required.` : `The ${field} field must be ${kind}.`;

/** Abilities beyond any sensible list are not looked at one by one. */
const longestList = 50;

/** Unknown fields are ignored, half a character (a lone surrogate) is refused since it could not be kept as it came, and an ability named twice is granted once. */
const TokenRequest = z.object({
  name: z.string({ error: kindOf('name', 'a string') }).check(
    z.trim(),
    z.minLength(1, 'The name field is required.'),
    z.refine((name) => [...name].length <= tokenNameLength, `The name field must not be greater than ${tokenNameLength} characters.`),
    z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'The name field must not contain control characters.'),
  ),
  abilities: z.pipe(
    z
      .array(z.unknown(), { error: kindOf('abilities', 'an array') })
      .check(
        z.minLength(1, 'The abilities field is required.'),
        z.maxLength(longestList, `The abilities field must not have more than ${longestList} items.`),
      ),
    z.array(z.enum(teamAbilities, 'The selected ability is invalid.')),
  ),
});

const TeamAnswer = z.object({
  team: z.object({
    id: z.int(),
    name: z.string(),
    user_role: z.enum(teamRoles),
    owner: z.object({ id: z.int(), name: z.string() }),
    subscription: z.object({
      plan: z.string(),
      status: z.enum(subscriptionStatuses),
      trial_ends_at: z.nullable(z.string()),
      is_paused: z.boolean(),
    }),
  }),
});
const CreditsAnswer = z.object({
  credits: z.object({
    current_credits: z.int(),
    plan_credits: z.int(),
    credits_used_this_period: z.int(),
    credits_remaining: z.int(),
    credits_expire_at: z.string(),
    next_credit_refresh: z.nullable(z.string()),
  }),
});
const listed = { id: z.int(), name: z.string(), abilities: z.array(z.enum(teamAbilities)) };
/** `next_cursor`, ours, is where the rest begins, where there is more. */
const TokensAnswer = z.object({
  tokens: z.array(z.object({ ...listed, last_used_at: z.nullable(z.string()) })),
  next_cursor: z.optional(z.string()),
});
const ListQuery = z.object({ per_page: count(100, 1, 100), cursor });
const NewTokenAnswer = z.object({ token: z.object({ ...listed, token: z.string() }) });
const Message = z.object({ message: z.string() });

/** Subscribr: https://subscribr.ai/youtube-api/reference/team. */
export function subscribrRoutes(
  domain: { callers: Callers; contentTeams: ContentTeams; teamTokens: TeamTokens },
  now: () => number,
): Router {
  const { callers, contentTeams, teamTokens } = domain;
  const router = new Router({ sensitive: true });

  const callerOf = async (ctx: Context): Promise<TeamCaller> => {
    const key = /^Bearer +(\S+)$/i.exec(ctx.get('Authorization'))?.[1] ?? '';
    const caller = await contentTeams.callerOf(key);
    callers.count(ctx, key, caller.rateLimit);
    await teamTokens.use(caller, now());
    return caller;
  };

  router.get(subscribrPaths.team, async (ctx) => {
    const caller = await callerOf(ctx);
    reply(ctx, 200, TeamAnswer, teamAnswer(caller, contentTeams.subscription(caller, now())));
  });

  router.get(subscribrPaths.credits, async (ctx) => {
    const caller = await callerOf(ctx);
    reply(ctx, 200, CreditsAnswer, creditsAnswer(contentTeams.credits(caller, now())));
  });

  router.get(subscribrPaths.tokens, async (ctx) => {
    const caller = await callerOf(ctx);
    teamTokens.administer(caller, 'manage');
    const { per_page: limit, cursor } = parse(ListQuery, queryOf(ctx));
    const { items, next } = await teamTokens.list(caller, limit, readCursor(cursor, ['number']));
    reply(ctx, 200, TokensAnswer, { tokens: items.map(listedToken), next_cursor: writeCursor(next) });
  });

  router.post(subscribrPaths.tokens, async (ctx) => {
    const caller = await callerOf(ctx);
    teamTokens.administer(caller, 'create');
    const { token, secret } = await teamTokens.open(caller, parse(TokenRequest, await readJson(ctx)), now());
    const { id, name, abilities } = token;
    reply(ctx, 201, NewTokenAnswer, { token: { id, name, abilities: [...abilities], token: secret } });
  });

  router.delete(`${subscribrPaths.tokens}/:token`, async (ctx) => {
    const caller = await callerOf(ctx);
    teamTokens.administer(caller, 'delete');
    await teamTokens.remove(caller, tokenId(ctx.params.token));
    reply(ctx, 200, Message, { message: 'Token deleted successfully' });
  });
  return router;
}

/** What is no number names no token. */
function tokenId(text = ''): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new Failure('not-found', 'Token not found');
  return Number(text);
}

const teamAnswer = ({ team, role }: TeamCaller, { status, trialEndsAt }: Subscription) => ({
  team: {
    id: team.id,
    name: team.name,
    user_role: role,
    owner: { id: team.ownerId, name: ownerName(team) },
    subscription: { plan: 'Automation', status, trial_ends_at: seconds(trialEndsAt), is_paused: status === 'paused' },
  },
});

/** Kelviq is told no name, so there the address has to do. */
const ownerName = ({ ownerName, ownerEmail, name }: ContentTeam): string => ownerName ?? ownerEmail?.replace(/@[^@]*$/, '') ?? name;

const creditsAnswer = ({ plan, used, remaining, expireAt, refreshAt }: Credits) => ({
  credits: {
    current_credits: remaining,
    plan_credits: plan,
    credits_used_this_period: used,
    credits_remaining: remaining,
    credits_expire_at: seconds(expireAt),
    next_credit_refresh: seconds(refreshAt),
  },
});

const listedToken = ({ id, name, abilities, lastUsedAt }: TeamToken) => ({
  id,
  name,
  abilities: [...abilities],
  last_used_at: seconds(lastUsedAt),
});

/** Subscribr writes instants to the second: `2026-02-28T00:00:00Z`. */
function seconds(at: number): string;
function seconds(at: number | null): string | null;
function seconds(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
