import { hash, randomBytes } from 'node:crypto';

/** The wires the platform speaks. An account holds one key for each. */
export const dialects = ['scribeless', 'kelviq', 'loyva', 'subscribr'] as const;
export type Dialect = (typeof dialects)[number];

/** Secrets are random and long, so that their plain SHA-256 (hex) is enough to know one again and leads nowhere else. */
export const hashOf = (secret: string): string => sha256Of(secret);

/** In hexadecimal, as records quote it. */
export const sha256Of = (bytes: string | Uint8Array): string => hash('sha256', bytes, 'hex');

/** Names a key in a record without telling it. */
export const keyMark = (key: string): string => `key ${hashOf(key).slice(0, 16)}`;

/** Names what is used once: 120 random bits in base64url. */
export const newNonce = (): string => randomBytes(15).toString('base64url');

/** Loyva's event ids: `evt_` and 24 hexadecimal digits. */
export const newEventId = (): string => `evt_${randomBytes(12).toString('hex')}`;

/** `prefix` and 32 lower-case hexadecimal digits: 128 random bits. */
export const newSecret = (prefix: string): string => prefix + randomBytes(16).toString('hex');

/** A fresh partner key as each vendor's own would begin. The prefix of Scribeless is ours: theirs is not documented. */
export const newPartnerKey: Record<Dialect, () => string> = {
  scribeless: () => newSecret('slp_'),
  kelviq: () => newSecret('kvqp_'),
  loyva: newLoyvaKey,
  subscribr: () => newSecret('sk_live_'),
};

/** `lk_` and 40 hexadecimal digits: the first says the mode (0 to 7 is live), the last eight are a checksum of the 32 before them. */
function newLoyvaKey(): string {
  const random = randomBytes(16);
  random[0] = (random[0] ?? 0) & 0x7f;
  const digits = random.toString('hex');
  return `lk_${digits}${sha256Of(digits).slice(0, 8)}`;
}
