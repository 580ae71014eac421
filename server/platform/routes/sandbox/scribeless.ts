import Router from '@koa/router';
import { z } from 'zod/mini';
import { brokenRule } from '../../../../shared/onboarding/rules.ts';
import { asciiEmail } from '../../../../shared/text/email.ts';
import { scribelessKeyHeader, scribelessPaths } from '../../../../shared/vendors/scribeless.ts';
import { reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import type { Links } from '../../domain/notices/links.ts';
import type { OpenedTeam, TeamStatus, Teams } from '../../domain/sandbox/teams.ts';
import type { Callers } from '../callers.ts';
import { answerScribelessError } from '../dialects.ts';
import { play } from './tricks.ts';

const text = (max: number) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be a string') })
    .check(
      z.trim(),
      z.minLength(1, 'must not be empty'),
      z.maxLength(max, `must have at most ${max} characters`),
      z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters'),
    );

/** All four are required; unknown fields are ignored. */
const TeamRequest = z.object({
  email: text(254).check(
    z.overwrite(asciiEmail),
    z.refine((email) => isEmail(email), 'must be an e-mail address'),
  ),
  firstName: text(100),
  lastName: text(100),
  companyName: text(200),
});

const Addresses = z.object({ templatesUrl: z.string() });
const TeamAnswer = z.object({
  teamId: z.string(),
  apiKey: z.object({ id: z.string(), name: z.string(), key: z.string(), created_at: z.string() }),
  owner: z.object({ userId: z.string(), email: z.string() }),
  invitation: z.object({ id: z.string(), status: z.string() }),
  billingSetupUrl: z.optional(z.string()),
  links: Addresses,
});
const StatusAnswer = z.object({
  teamId: z.string(),
  templatesReady: z.boolean(),
  billByInvoice: z.boolean(),
  canListTemplates: z.boolean(),
  canCreateCampaigns: z.boolean(),
  canCreateRecurringCampaign: z.boolean(),
  billingSetupUrl: z.optional(z.string()),
  links: Addresses,
});

/** Scribeless: https://docs.scribeless.co/partner-workflows/create-partner-team and …/account-status. */
export function scribelessRoutes(domain: { callers: Callers; teams: Teams; links: Links }, now: () => number): Router {
  const { callers, teams, links } = domain;
  const router = new Router({ sensitive: true });

  router.post(scribelessPaths.teams, async (ctx) => {
    const account = await callers.of(ctx, 'scribeless', ctx.get(scribelessKeyHeader));
    const request = parse(TeamRequest, await readJson(ctx));
    const outcome = await teams.open(account, request, now());
    // The vendor names no success code beyond "successful"; its other calls answer 200, and so does this one.
    if (outcome.kind === 'opened') reply(ctx, 200, TeamAnswer, teamAnswer(outcome.opened, links));
    else if (outcome.kind !== 'email-taken') await play(ctx, outcome.kind, () => answerScribelessError(ctx, 500, failed));
  });

  router.get(scribelessPaths.status, async (ctx) => {
    const key = ctx.get(scribelessKeyHeader);
    const holder = await teams.ofKey(key);
    callers.count(ctx, key, holder.rateLimit);
    reply(ctx, 200, StatusAnswer, statusAnswer(teams.status(holder, now()), links));
  });
  return router;
}

const failed = 'Team provisioning failed.';

const teamAnswer = ({ team, key, owner, invitationId, billingSetupUrl }: OpenedTeam, { templatesUrl }: Links) => ({
  teamId: team.id,
  apiKey: { id: key.id, name: 'Partner Customer API Key', key: key.secret, created_at: microseconds(team.createdAt) },
  owner: { userId: owner.id, email: owner.email },
  invitation: { id: invitationId, status: 'pending' },
  billingSetupUrl,
  links: { templatesUrl },
});

const statusAnswer = (status: TeamStatus, { templatesUrl }: Links) => ({
  ...status,
  canListTemplates: status.templatesReady,
  links: { templatesUrl },
});

/** Scribeless writes six decimals and an offset: `2026-01-01T10:00:00.000000+00:00`. */
const microseconds = (at: number): string => new Date(at).toISOString().replace('Z', '000+00:00');

const isEmail = (email: string): boolean => !brokenRule({ name: 'email', kind: 'email', required: true, max: 254 }, { email });
