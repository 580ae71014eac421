import { z } from 'zod/mini';

/** Where an account's events are to be sent, and the rules an address must keep so that nobody's own network is called. */

const longestUrl = 2_048;

const url = z.string('must be an address or null').check(z.maxLength(longestUrl, `must have at most ${longestUrl} characters`));
const secret = z.string('must be a string or null').check(
  z.minLength(16, 'must have at least 16 characters'),
  z.maxLength(256, 'must have at most 256 characters'),
  // Its UTF-8 bytes are the key: half a character has none, and a line break is one that was copied along.
  z.refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must not hold control characters'),
  z.refine((text) => {
    if (!text.startsWith('whsec_')) return true;
    const bytes = base64.test(text) ? (text.length - 6) * 0.75 - (text.length - text.replace(/=+$/, '').length) : 0;
    return bytes >= 24 && bytes <= 64;
  }, 'must be 24 to 64 bytes in base64 after whsec_'),
);
/** Padded (RFC 4648 section 4), as Standard Webhooks writes a key (spec, "Signature scheme"). What was set before its length was looked at stays good. */
const base64 = /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Body of `PATCH /api/v2/partner/webhook`: what is left out stays, null clears. Unknown fields are ignored, as the vendor's door does. `allowed`:
 * exact origins that may be called although they are not public.
 */
export const webhookPatch = (allowed: readonly string[]) =>
  z.object({
    webhook_url: z.optional(
      z.nullable(
        url.check(({ value, issues }) => {
          const message = webhookFault(value, allowed);
          if (message !== undefined) issues.push({ code: 'custom', message, input: value });
        }),
      ),
    ),
    webhook_secret: z.optional(z.nullable(secret)),
  });
export type WebhookPatch = z.infer<ReturnType<typeof webhookPatch>>;

/** The secret itself is never given back. */
export const WebhookAnswer = z.object({ data: z.object({ webhook_url: z.nullable(z.string()), webhook_secret_set: z.boolean() }) });
export type WebhookAnswer = z.infer<typeof WebhookAnswer>;

/**
 * What is wrong with an address that events are to be sent to, or nothing: https to a public host, unless its exact origin is `allowed` (then
 * http too). It looks at what is written; where a name leads is looked at again when it is resolved and called.
 */
export function webhookFault(address: string, allowed: readonly string[]): string | undefined {
  const read = address.length <= longestUrl && /^[\x21-\x7e]+$/.test(address) ? URL.parse(address) : null;
  if (!read || !/^https?:$/.test(read.protocol)) return 'must be an https address';
  if (read.username || read.password) return 'must not hold a user name or a password';
  if (address.includes('#')) return 'must not have a fragment';
  if (allowed.includes(read.origin)) return undefined;
  if (read.protocol !== 'https:') return 'must be an https address';
  return isPublic(read.hostname) ? undefined : 'must lead to a public host';
}

/** Of the WHATWG standard, which browsers and Node alike have; it writes every spelling of an IPv4 address as four decimals. */
declare const URL: {
  parse(text: string): {
    readonly protocol: string;
    readonly username: string;
    readonly password: string;
    readonly hostname: string;
    readonly origin: string;
  } | null;
};

function isPublic(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicV6(hostname.slice(1, -1));
  if (/^\d+(?:\.\d+){3}$/.test(hostname)) return !ownV4.some(([net, bits]) => samePrefix(v4(hostname), v4(net), bits));
  const labels = hostname.replace(/\.$/, '').split('.');
  // A name of one label is one of somebody's own network.
  return labels.length > 1 && !ownNames.has(labels.at(-1) ?? '') && labels.slice(-2).join('.') !== 'home.arpa';
}

/** Names that no public server resolves (RFC 6761, RFC 6762, and ICANN's reservation of .internal). */
const ownNames = new Set(['localhost', 'local', 'internal']);

/** Not globally reachable, or nobody's: the IANA IPv4 Special-Purpose Address Registry, multicast and what is reserved. */
const ownV4: readonly (readonly [net: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

const v4 = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const samePrefix = (a: number, b: number, bits: number): boolean => Math.floor(a / 2 ** (32 - bits)) === Math.floor(b / 2 ** (32 - bits));

/**
 * Only 2000::/3 is given out; of it, what carries an IPv4 address or is set aside is refused (the IANA IPv6 Special-Purpose Address Registry):
 * 2001::/23, 2001:db8::/32, 2002::/16 and 3fff::/20. Mapped and translated IPv4 addresses lie outside it.
 */
function isPublicV6(address: string): boolean {
  const [head = '', second = '0'] = address.split(':');
  const [first, next] = [Number.parseInt(head || '0', 16), Number.parseInt(second || '0', 16)];
  if (first < 0x2000 || first > 0x3fff) return false;
  if (first === 0x2001) return next >= 0x200 && next !== 0xdb8;
  return first !== 0x2002 && !(first === 0x3fff && next < 0x1000);
}
