import { z } from 'zod/mini';
import { email } from './text/email.ts';
import { externalId, line } from './text/line.ts';

/** What a token can show. This version mints all but `team`, which is refused by name until it exists. */
export const widgetTypes = ['onboarding', 'sign', 'vault', 'team'] as const;

const origin = z.string().check(z.maxLength(255));

/** Names of the customer fields that a partner may prefill, and lock. */
export const prefillNames = ['email', 'first_name', 'last_name', 'company_name'] as const;

const MintBase = {
  user_email: email,
  /** Subset of the partner's registered origins; all of them when absent. */
  origins: z.optional(z.array(origin).check(z.minLength(1), z.maxLength(20))),
  /** Seconds, 60 to 1800; 900 when absent. */
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(1800)), 900),
  locale: z.optional(z.string().check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/))),
  /** Echoed in webhooks; at most 20 short strings. */
  metadata: z.optional(
    z
      .record(z.string().check(z.maxLength(40)), z.string().check(z.maxLength(500)))
      .check(z.refine((value) => Object.keys(value).length <= 20, 'at most 20 entries')),
  ),
};
const envelopeId = z.string().check(z.regex(/^env_[A-Za-z0-9_-]{1,64}$/));

/** A customer who is to be onboarded. */
export const MintOnboarding = z.strictObject({
  ...MintBase,
  widget_type: z.literal('onboarding'),
  customer: z.strictObject({
    external_id: externalId,
    email: z.optional(email),
    first_name: z.optional(line(100)),
    last_name: z.optional(line(100)),
    company_name: z.optional(line(200)),
    locked: z.optional(z.array(z.enum(prefillNames)).check(z.maxLength(prefillNames.length))),
  }),
});
export type MintOnboarding = z.infer<typeof MintOnboarding>;
/** One signer of an envelope of the partner's: `user_email` is the signer's. */
export const MintSign = z.strictObject({
  ...MintBase,
  widget_type: z.literal('sign'),
  envelope_id: envelopeId,
});
export type MintSign = z.infer<typeof MintSign>;
/** Somebody who may look at a vaulted envelope of the partner's: `user_email` is theirs. */
export const MintVault = z.strictObject({
  ...MintBase,
  widget_type: z.literal('vault'),
  envelope_id: envelopeId,
});
export type MintVault = z.infer<typeof MintVault>;

const Mint = z.discriminatedUnion('widget_type', [MintOnboarding, MintSign, MintVault]);
export type MintRequest = z.infer<typeof Mint>;
/** The same as it may be written: what has a default may be left out. */
export type MintInput = z.input<typeof Mint>;

/** What can be said of a body of no known kind: what every kind has, and what some kind has. */
const MintUnknown = z.strictObject({
  ...MintBase,
  widget_type: z.enum(['onboarding', 'sign', 'vault']),
  envelope_id: z.optional(envelopeId),
  customer: z.optional(MintOnboarding.shape.customer),
});

/** What a body of `POST /embed/token` is read by, every fault of it named at once: who is about to see which view. Unknown fields are refused. */
export const mintRequest = (body: unknown): z.ZodMiniType<MintRequest> => {
  const known = MintUnknown.shape.widget_type.safeParse((body as { widget_type?: unknown } | null)?.widget_type).success;
  return known || typeof body !== 'object' || body === null ? Mint : (MintUnknown as unknown as z.ZodMiniType<MintRequest>);
};

/** Answer of `POST /embed/token` (200). `expires_at` is ISO 8601 UTC with milliseconds. */
export const MintAnswer = z.object({
  data: z.object({
    token: z.string(),
    expires_at: z.string(),
    embed_url: z.string(),
    widget_type: z.enum(widgetTypes),
    envelope_id: z.optional(z.string()),
  }),
});
export type MintAnswer = z.infer<typeof MintAnswer>;

/** What the partner looks like to the customer. */
export const Branding = z.object({ name: z.string() });
export type Branding = z.infer<typeof Branding>;

/** Answer of `POST /embed/session` (201) and of its refresh (200). Times are ISO 8601 UTC. */
export const SessionAnswer = z.object({
  session_id: z.string(),
  session_token: z.string(),
  token_type: z.literal('DPoP'),
  /** When this session token stops working (15 minutes at most). */
  expires_at: z.string(),
  /** When the session itself ends, whatever is refreshed (12 hours for onboarding, 4 hours for signing and the vault). */
  ends_at: z.string(),
  widget_type: z.enum(widgetTypes),
  locale: z.nullable(z.string()),
  branding: Branding,
});
export type SessionAnswer = z.infer<typeof SessionAnswer>;
