import { z } from 'zod/mini';

/** Kelviq partner API: https://docs.kelviq.com/api-reference/partner/provision-an-organization. Paths carry a trailing slash. Parsed leniently. */
export const kelviqPaths = { organizations: '/api/v1/partner/organizations/' } as const;

/** The header that carries a Kelviq partner key (`kvqp_…`). */
export const kelviqKeyHeader = 'x-kelviq-partner-key';

/** What every partner endpoint returns. `serverKey` is a secret and comes with every read, lists included. */
export const KelviqOrganization = z.looseObject({
  organizationIdentifier: z.string(),
  serverKey: z.optional(z.nullable(z.string())),
  partnerExternalId: z.optional(z.nullable(z.string())),
});
export type KelviqOrganization = z.infer<typeof KelviqOrganization>;

export const KelviqList = z.looseObject({ results: z.array(KelviqOrganization) });

/** `detail` is a sentence, or faults by field; both occur. */
export const KelviqError = z.looseObject({ detail: z.optional(z.unknown()) });
