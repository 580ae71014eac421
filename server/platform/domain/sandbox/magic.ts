import { Failure } from '../../../../shared/problem.ts';
import type { TeamRole } from '../../../../shared/team.ts';
import type { Dialect } from '../records/secrets.ts';

/** Answers that are not the vendor's own refusals: how they look is the door's matter. */
export type Trick = 'fail' | 'silence' | 'rubbish';

interface Magic {
  readonly says: string;
  readonly at: readonly Dialect[];
  /** What happens instead of the work; or, with `done`, after it, on the first call per account, dialect and address only. */
  readonly effect?: Trick | 'refuse-email' | 'refuse-key' | 'take-email';
  readonly done?: boolean;
  /** Milliseconds until a new team's templates are ready. */
  readonly preparing?: number;
  readonly byInvoice?: boolean;
  /** Has the team a recurring subscription? */
  readonly recurring?: boolean;
  /** What the calling user is in the owner's team at Subscribr. */
  readonly role?: TeamRole;
  /** How that team stands at Subscribr. */
  readonly standing?: 'no-team' | 'plan-below' | 'trial' | 'paused';
}

const both = ['scribeless', 'kelviq'] as const;

/** Sandbox magic: what the part after the last `+` of the owner's e-mail decides. */
export const magics = {
  slow: { says: 'Templates take 20 seconds to prepare instead of 3.', at: ['scribeless'], preparing: 20_000 },
  invoice: { says: 'The partner pays by invoice: no billing set-up is needed.', at: both, byInvoice: true },
  recurring: { says: 'The team has a recurring subscription: recurring campaigns can be created.', at: ['scribeless'], recurring: true },
  admin: { says: 'The caller is an admin of the team, not its owner.', at: ['subscribr'], role: 'admin' },
  editor: { says: 'The caller is an editor: tokens are not for them (403).', at: ['subscribr'], role: 'editor' },
  viewer: { says: 'The caller is a viewer: tokens are not for them (403).', at: ['subscribr'], role: 'viewer' },
  member: { says: 'The caller is a member: tokens are not for them (403).', at: ['subscribr'], role: 'member' },
  noteam: { says: 'The caller has no team (403).', at: ['subscribr'], standing: 'no-team' },
  'creator-plan': { says: 'The plan is below Automation: no call is allowed (403).', at: ['subscribr'], standing: 'plan-below' },
  trial: { says: 'The subscription is a trial of 14 days, and inactive after it.', at: ['subscribr'], standing: 'trial' },
  paused: { says: 'The subscription is paused: credits are not renewed.', at: ['subscribr'], standing: 'paused' },
  '400': { says: 'The e-mail is refused (400).', at: both, effect: 'refuse-email' },
  '401': { says: 'The key is refused (401).', at: both, effect: 'refuse-key' },
  '409': { says: 'The e-mail belongs to somebody else already (409).', at: ['kelviq'], effect: 'take-email' },
  '500': { says: 'Nothing is done; the answer is 500.', at: both, effect: 'fail' },
  '500-after': { says: 'It is done, then the first answer is 500.', at: both, effect: 'fail', done: true },
  timeout: { says: 'Nothing is done and no answer comes.', at: both, effect: 'silence' },
  'timeout-after': { says: 'It is done, but the first call gets no answer.', at: both, effect: 'silence', done: true },
  rubbish: { says: 'Nothing is done; the answer is 200 with a web page.', at: both, effect: 'rubbish' },
} as const satisfies Record<string, Magic>;

const usual = 3_000;

/** What the address asks for at this dialect. */
export function magicOf(email: string, dialect: Dialect) {
  const name = email.slice(0, email.lastIndexOf('@')).toLowerCase().split('+').slice(1).pop() ?? '';
  const known: Magic | undefined = Object.hasOwn(magics, name) ? magics[name as keyof typeof magics] : undefined;
  const here = known?.at.includes(dialect) ? known : undefined;
  return {
    preparing: here?.preparing ?? usual,
    byInvoice: here?.byInvoice ?? false,
    recurring: here?.recurring ?? false,
    role: here?.role ?? 'owner',
    standing: here?.standing,
    instead: here?.done ? undefined : here?.effect,
    afterwards: here?.done ? trickOf(here.effect) : undefined,
  };
}

/** Refuses what the magic refuses, and says which trick is played instead of the work. */
export function playInstead(effect: Magic['effect']): Trick | undefined {
  if (effect === 'refuse-key') throw new Failure('unauthenticated');
  if (effect === 'refuse-email') throw refusedEmail();
  return trickOf(effect);
}

const trickOf = (effect: Magic['effect']): Trick | undefined =>
  effect === 'fail' || effect === 'silence' || effect === 'rubbish' ? effect : undefined;

const refusedEmail = () =>
  new Failure('invalid-input', undefined, { errors: [{ pointer: '/email', code: 'refused', message: 'is not accepted here' }] });
