import { z } from 'zod/mini';

/** Scribeless partner API: https://docs.scribeless.co/partner-workflows/create-partner-team and …/account-status. Parsed leniently. */
export const scribelessPaths = { teams: '/api/partner/teams', status: '/api/account/status' } as const;

/** The header that carries a Scribeless key, partner's or customer team's. */
export const scribelessKeyHeader = 'x-api-key';

/** Answer of `POST /api/partner/teams`. `apiKey.key` is a secret that may never be shown again; `billingSetupUrl` carries another. */
export const ScribelessTeam = z.looseObject({
  teamId: z.string(),
  apiKey: z.looseObject({ key: z.string() }),
  billingSetupUrl: z.optional(z.string()),
});
export type ScribelessTeam = z.infer<typeof ScribelessTeam>;

/** Answer of `GET /api/account/status` to a customer team's key. `billingSetupUrl` is absent when no set-up is needed. */
export const ScribelessStatus = z.looseObject({
  teamId: z.string(),
  templatesReady: z.boolean(),
  billingSetupUrl: z.optional(z.string()),
});
export type ScribelessStatus = z.infer<typeof ScribelessStatus>;

/** Every Scribeless error, as its "authentication" page shows it. */
export const ScribelessError = z.looseObject({ message: z.optional(z.string()), statusMessage: z.optional(z.string()) });
