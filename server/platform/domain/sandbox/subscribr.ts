import { Failure } from '../../../../shared/problem.ts';
import { type SubscriptionStatus, type TeamAbility, type TeamRole, teamAbilities } from '../../../../shared/team.ts';
import type { ContentTeam, TeamToken } from '../records/sandbox.ts';
import { hashOf } from '../records/secrets.ts';
import type { Storage } from '../records/stores.ts';
import { magicOf } from './magic.ts';

/** Who calls. The sandbox knows one user of each team, so all of a team's keys and tokens are that user's. */
export interface TeamCaller {
  readonly team: ContentTeam;
  readonly role: TeamRole;
  readonly abilities: readonly TeamAbility[];
  /** What it calls with, when that is a token and not the key of a provisioning or of the account. */
  readonly token: TeamToken | undefined;
  /** Calls a minute. */
  readonly rateLimit: number;
}

export interface Subscription {
  readonly status: SubscriptionStatus;
  readonly trialEndsAt: number | null;
}

/** Credits of one period, a calendar month in UTC. What is left cannot be carried over. */
export interface Credits {
  readonly plan: number;
  readonly used: number;
  readonly remaining: number;
  readonly expireAt: number;
  /** Null while nothing is renewed. */
  readonly refreshAt: number | null;
}

export type ContentTeams = ReturnType<typeof createContentTeams>;

/** Subscribr's teams, as whoever calls sees them. */
export const createContentTeams = (storage: Storage) => ({
  /** Whose key or token this is: of the account, of a team at Scribeless, of an organization at Kelviq, or made here. Failure `unauthenticated`. */
  async callerOf(key: string): Promise<TeamCaller> {
    const found = key ? await teamBehind(storage, hashOf(key)) : undefined;
    if (!found) throw new Failure('unauthenticated');
    const { team, token } = found;
    const rateLimit = await storage.read.accounts.rateLimit(team.accountId, 'subscribr');
    return { team, token, role: standingOf(team).role, abilities: token?.abilities ?? teamAbilities, rateLimit };
  },

  subscription(caller: TeamCaller, at: number): Subscription {
    admit(caller);
    return subscriptionOf(caller.team, at);
  },

  credits(caller: TeamCaller, at: number): Credits {
    admit(caller);
    return creditsOf(caller.team, at);
  },
});

/** Failure `plan-missing`, or `role-missing` for a user without a team: the vendor's two sentences. */
export function admit({ team }: TeamCaller): void {
  const { standing } = standingOf(team);
  if (standing === 'plan-below') throw new Failure('plan-missing', 'API access not available');
  if (standing === 'no-team') throw new Failure('role-missing', 'No team associated with user');
}

async function teamBehind({ read }: Storage, hash: string): Promise<{ team: ContentTeam; token?: TeamToken } | undefined> {
  const account = await read.accounts.byKey('subscribr', hash);
  if (account) return { team: await read.subscribr.ofAccount(account.id) };
  const organizationId = (await read.teams.byKey(hash))?.organizationId ?? (await read.kelviq.organizationOf(hash));
  if (organizationId) return { team: await read.subscribr.ofOrganization(organizationId) };
  return read.subscribr.byToken(hash);
}

const standingOf = (team: ContentTeam) => magicOf(team.ownerEmail ?? '', 'subscribr');

const day = 86_400_000;
const trialDays = 14;

function subscriptionOf(team: ContentTeam, at: number): Subscription {
  const { standing } = standingOf(team);
  if (standing === 'paused') return { status: 'paused', trialEndsAt: null };
  if (standing !== 'trial') return { status: 'active', trialEndsAt: null };
  const trialEndsAt = team.createdAt + trialDays * day;
  return { status: at < trialEndsAt ? 'trial' : 'inactive', trialEndsAt };
}

const planCredits = 1_000;
/** Nothing in the sandbox costs credits, so a team uses this many on each day of the period. */
const usedDaily = 5;

function creditsOf(team: ContentTeam, at: number): Credits {
  const now = new Date(at);
  const begun = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const ends = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
  const days = Math.max(0, Math.floor((at - Math.max(begun, team.createdAt)) / day));
  const used = days * usedDaily;
  const renewed = ['active', 'trial'].includes(subscriptionOf(team, at).status);
  return { plan: planCredits, used, remaining: planCredits - used, expireAt: ends, refreshAt: renewed ? ends : null };
}
