/**
 * Every id Inlay makes: `<prefix>_` + 24 lower-case base32 characters (15 random bytes, RFC 4648 section 6 alphabet).
 * One table, so that an id says what it names wherever it turns up.
 */
export const idPrefixes = {
  partner: 'prt',
  key: 'key',
  credential: 'cred',
  customer: 'cus',
  user: 'usr',
  run: 'run',
  session: 'ses',
  token: 'tok',
  organization: 'org',
  account: 'acc',
  team: 'team',
  invitation: 'inv',
  checkout: 'chk',
  mail: 'mail',
  signer: 'sig',
  field: 'fld',
  /** A call on a vendor of which nobody can tell what came of it. */
  call: 'call',
  person: 'per',
} as const;

export type IdKind = keyof typeof idPrefixes;

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Writes 15 bytes as an id of that kind. */
export function formatId(kind: IdKind, bytes: Uint8Array): string {
  if (bytes.length !== 15) throw new RangeError('An id is made of 15 bytes.');
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(buffer >> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return `${idPrefixes[kind]}_${text}`;
}

/** An id that nobody had before. */
export const newId = (kind: IdKind): string => formatId(kind, crypto.getRandomValues(new Uint8Array(15)));

/** The shape an id of that kind has. */
export const idPattern = (kind: IdKind): RegExp => new RegExp(`^${idPrefixes[kind]}_[a-z2-7]{24}$`);

/** Loyva's ids are shorter: 12 characters of the same alphabet. */
export const loyvaPrefixes = { envelope: 'env', customer: 'cust', template: 'tmpl' } as const;

/** 60 of the random bits are used. */
export const newLoyvaId = (kind: keyof typeof loyvaPrefixes): string => `${loyvaPrefixes[kind]}_${newId('mail').slice(-12)}`;

/** What browsers and Node have alike; this room knows the types of neither. */
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
