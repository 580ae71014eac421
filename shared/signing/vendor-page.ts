import { z } from 'zod/mini';

/**
 * Signing at a vendor that has no ceremony (./ceremony.ts): `GET /embed/ceremony` is then 501 `ceremony-missing`, and the element frames
 * the vendor's own page.
 *
 * | call | body → answer |
 * |---|---|
 * | `POST /embed/ceremony/frame` | `{}` → 200 SigningFrame, minted at that instant; 409 `ceremony-ended`, 429 when one was made just now |
 * | `GET /embed/ceremony/outcome` | → 200 Outcome |
 */

/** The vendor's page. `embed_url` holds a token that lets its bearer sign: lead a frame there, and keep it out of attributes, logs and lists. */
export const SigningFrame = z.object({
  embed_url: z.string(),
  /** When the token in it ends (ISO 8601, UTC); null where the vendor does not say. */
  expires_at: z.nullable(z.string()),
});
export type SigningFrame = z.infer<typeof SigningFrame>;

/** How the envelope stands by the vendor's word: `open` until everybody has signed or it ended otherwise. */
export const Outcome = z.object({
  envelope_id: z.string(),
  status: z.enum(['open', 'completed', 'declined', 'voided', 'expired']),
  checked_at: z.string(),
});
export type Outcome = z.infer<typeof Outcome>;
