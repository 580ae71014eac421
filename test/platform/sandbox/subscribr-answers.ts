import { z } from 'zod/mini';

/** Subscribr's answers, as a client of theirs reads them. */

/** Answer of `GET …/team`. Roles and statuses are texts: older pages of the vendor name others. */
export const SubscribrTeam = z.looseObject({
  team: z.looseObject({
    id: z.int(),
    name: z.string(),
    user_role: z.string(),
    owner: z.looseObject({ id: z.int(), name: z.string() }),
    subscription: z.looseObject({
      plan: z.string(),
      status: z.string(),
      trial_ends_at: z.optional(z.nullable(z.string())),
      is_paused: z.optional(z.boolean()),
    }),
  }),
});

/** Answer of `GET …/team/credits`. */
export const SubscribrCredits = z.looseObject({
  credits: z.looseObject({
    current_credits: z.number(),
    plan_credits: z.number(),
    credits_used_this_period: z.number(),
    credits_remaining: z.number(),
    credits_expire_at: z.optional(z.nullable(z.string())),
    next_credit_refresh: z.optional(z.nullable(z.string())),
  }),
});

const token = { id: z.int(), name: z.string(), abilities: z.array(z.string()) };

/** Answer of `GET …/team/tokens`: the caller's own, without secrets. */
export const SubscribrTokens = z.looseObject({
  tokens: z.array(z.looseObject({ ...token, last_used_at: z.optional(z.nullable(z.string())) })),
});

/** Answer of `POST …/team/tokens`. `token.token` is a secret that is never shown again. */
export const SubscribrNewToken = z.looseObject({ token: z.looseObject({ ...token, token: z.string() }) });
