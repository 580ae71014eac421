/** Loyva's partner API (docs.stg.loyva.net/partner-integration/partner-endpoints). */
export const loyvaKeyHeader = 'x-api-key';
export const loyvaPaths = {
  envelopes: '/api/v2/partner/envelopes',
  token: '/api/v2/embed/token',
  /** Ours. */
  erasures: '/api/v2/partner/erasures',
  webhook: '/api/v2/partner/webhook',
  /** Ours: Loyva documents templates only by their id. */
  templates: '/api/v2/partner/templates',
} as const;

/**
 * Where Loyva's own links may lead: the configured origin, and beside `api.<domain>` its host of that kind (docs.stg.loyva.net: the API is
 * `api.stg.loyva.net`, pages for the browser are on `embed.stg.loyva.net`, files on `storage.stg.loyva.net`).
 */
export function loyvaLinkOrigins(origin: string, kind: 'embed' | 'storage'): readonly string[] {
  const [, domain] = /^https:\/\/api\.(.+)$/.exec(origin) ?? [];
  return domain === undefined ? [origin] : [origin, `https://${kind}.${domain}`];
}

/** What a key may do; each row of the API asks for one. */
export const loyvaScopes = [
  'envelopes:read',
  'envelopes:write',
  'vault:write',
  'vault:read',
  'vault:release',
  'compliance:read',
  'esign:write',
] as const;
export type LoyvaScope = (typeof loyvaScopes)[number];

/** Every state an envelope has at Loyva, in order; the last four end it. `released` is ours: the vendor documents none for after vault-out. */
export const envelopeStatuses = [
  'pending',
  'uploaded',
  'preparing',
  'sent',
  'viewed',
  'completed',
  'vaulted',
  'released',
  'declined',
  'voided',
  'expired',
] as const;
export type EnvelopeStatus = (typeof envelopeStatuses)[number];

/** What `POST …/envelopes` may carry; ours is smaller than the multipart cap because base64 travels inside JSON. */
export const envelopeLimits = { base64: 7_000_000, bytes: 20_000_000, pages: 500, signers: 20, fields: 500 } as const;
