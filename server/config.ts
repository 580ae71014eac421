import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod/mini';
import { isLoopback } from '../shared/loopback.ts';
import { type VendorName, vendorNames } from '../shared/onboarding/flow.ts';

/** Every setting, read once from the environment. Names, defaults and meanings are the table of docs/settings.md. */
export interface Config {
  readonly dataDir: string;
  readonly bind: string;
  readonly ports: { readonly gateway: number; readonly platform: number; readonly portal: number };
  readonly gatewayUrl: string | undefined;
  readonly platformUrl: string | undefined;
  readonly vendors: Readonly<Partial<Record<VendorName, string>>>;
  readonly smtpUrl: string | undefined;
  /** Does the platform vault what is completed by itself, or only when it is asked? */
  readonly vaulting: 'manual' | 'auto';
  /** Origins that events may be sent to although they are not public. */
  readonly webhookAllow: readonly string[];
  /** Proxies whose word on where a call comes from is believed. */
  readonly trustedProxies: readonly string[];
  /** What the platform seals with, in place of an authority of its own. */
  readonly pkcs12: { readonly file: string; readonly password: string } | undefined;
  /** Go on without what a database lacks that its files were written under. */
  readonly acceptLoss: boolean;
  readonly admin: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string } | undefined;
}

export interface Secrets {
  readonly masterKey: Uint8Array | undefined;
  readonly masterKeyFile: string | undefined;
  readonly platformKey: Uint8Array | undefined;
}

/** https, or http to this machine. */
function isSafe(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
}

const port = (fallback: number) => z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(65_535)), fallback);
const publicUrl = z.string().check(
  z.refine((text) => {
    if (!isSafe(text)) return false;
    const { pathname, search, hash, username } = new URL(text);
    return pathname === '/' && !search && !hash && !username;
  }, 'must be an origin without a path: https, or http on loopback'),
  z.overwrite((text) => (URL.canParse(text) ? new URL(text).origin : text)),
);
const key = z.pipe(
  z.string().check(z.regex(/^[A-Za-z0-9_-]{43}=?$/, 'must be 32 bytes in base64url')),
  z.transform((text: string) => new Uint8Array(Buffer.from(text, 'base64url'))),
);

/** Exact origins, separated by commas. */
const origins = z.pipe(
  z
    .string()
    .check(
      z.refine(
        (text) => listed(text).every((each) => URL.parse(each)?.origin === each && /^https?:/.test(each)),
        'must be exact origins, separated by commas',
      ),
    ),
  z.transform((text: string) => listed(text)),
);
/** Addresses, ranges, and the names that proxy-addr has for some. */
const proxies = z.pipe(
  z
    .string()
    .check(
      z.refine((text) => listed(text).every(isProxy), 'must be addresses or ranges such as 10.0.0.0/8, or loopback, separated by commas'),
    ),
  z.transform((text: string) => listed(text)),
);
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const kind = isIP(address);
  return kind !== 0 && (bits === undefined || (Number(bits) > 0 && Number(bits) <= (kind === 4 ? 32 : 128)));
}
const listed = (text: string): string[] => text.split(',').flatMap((part) => (part.trim() ? [part.trim()] : []));

const Environment = z.object({
  INLAY_DATA_DIR: z._default(z.string(), './data'),
  INLAY_BIND: z._default(z.string().check(z.regex(/^[\w.:-]+$/, 'must be a host name or an address')), '127.0.0.1'),
  INLAY_GATEWAY_PORT: port(8080),
  INLAY_PLATFORM_PORT: port(8081),
  INLAY_PORTAL_PORT: port(8082),
  INLAY_GATEWAY_URL: z.optional(publicUrl),
  INLAY_PLATFORM_URL: z.optional(publicUrl),
  INLAY_MASTER_KEY: z.optional(key),
  INLAY_MASTER_KEY_FILE: z.optional(z.string()),
  INLAY_PLATFORM_KEY: z.optional(key),
  SCRIBELESS_URL: z.optional(publicUrl),
  KELVIQ_URL: z.optional(publicUrl),
  LOYVA_URL: z.optional(publicUrl),
  SUBSCRIBR_URL: z.optional(publicUrl),
  SMTP_URL: z.optional(z.string().check(z.regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://'))),
  PLATFORM_VAULT: z._default(z.enum(['manual', 'auto'], 'must be manual or auto'), 'manual'),
  PLATFORM_WEBHOOK_ALLOW: z.optional(origins),
  INLAY_TRUSTED_PROXIES: z.optional(proxies),
  PLATFORM_PKCS12_FILE: z.optional(z.string()),
  PLATFORM_PKCS12_PASSWORD: z.optional(z.string()),
  ADMIN_ISSUER: z.optional(z.string()),
  ADMIN_AUDIENCE: z.optional(z.string()),
  ADMIN_JWKS_URL: z.optional(z.string().check(z.refine((text) => isSafe(text), 'must be an address: https, or http on loopback'))),
});

/** What is run: the demo, or one part alone. */
export type Role = 'demo' | 'gateway' | 'platform' | 'portal';

/** What a part cannot do without, run alone: one of these. */
const needed: Readonly<Record<string, readonly string[]>> = {
  gateway: ['INLAY_MASTER_KEY', 'INLAY_MASTER_KEY_FILE'],
  platform: ['INLAY_PLATFORM_KEY'],
};

/**
 * The settings, or one error that names every one at fault and quotes no value. An empty variable counts as unset. The demo
 * makes its keys and listens on loopback only; a part that is run alone is given its keys.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  role?: Role,
  acceptLoss = false,
): { config: Config; secrets: Secrets } {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = Environment.safeParse(given);
  const unread = result.success ? [] : result.error.issues.map((issue) => `${String(issue.path[0])} ${plain(issue.message)}`);
  const faults = [...unread, ...together(given), ...missing(given, role)];
  if (faults.length > 0 || !result.success) throw new SettingsError(faults);
  const read = result.data;
  const vendors = Object.fromEntries(vendorNames.map((name) => [name, read[`${name.toUpperCase()}_URL` as 'KELVIQ_URL']]));
  return {
    config: {
      dataDir: resolve(read.INLAY_DATA_DIR),
      bind: read.INLAY_BIND,
      ports: { gateway: read.INLAY_GATEWAY_PORT, platform: read.INLAY_PLATFORM_PORT, portal: read.INLAY_PORTAL_PORT },
      gatewayUrl: read.INLAY_GATEWAY_URL,
      platformUrl: read.INLAY_PLATFORM_URL,
      vendors,
      smtpUrl: read.SMTP_URL,
      vaulting: read.PLATFORM_VAULT,
      webhookAllow: read.PLATFORM_WEBHOOK_ALLOW ?? [],
      trustedProxies: read.INLAY_TRUSTED_PROXIES ?? [],
      acceptLoss,
      pkcs12:
        read.PLATFORM_PKCS12_FILE && read.PLATFORM_PKCS12_PASSWORD
          ? { file: resolve(read.PLATFORM_PKCS12_FILE), password: read.PLATFORM_PKCS12_PASSWORD }
          : undefined,
      admin:
        read.ADMIN_ISSUER && read.ADMIN_AUDIENCE && read.ADMIN_JWKS_URL
          ? { issuer: read.ADMIN_ISSUER, audience: read.ADMIN_AUDIENCE, jwksUrl: read.ADMIN_JWKS_URL }
          : undefined,
    },
    secrets: { masterKey: read.INLAY_MASTER_KEY, masterKeyFile: read.INLAY_MASTER_KEY_FILE, platformKey: read.INLAY_PLATFORM_KEY },
  };
}

export class SettingsError extends Error {
  constructor(faults: readonly string[]) {
    super(`These settings are at fault:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Settings that must come together, or must not. */
function together(given: Readonly<Record<string, string | undefined>>): string[] {
  const faults: string[] = [];
  const admin = ['ADMIN_ISSUER', 'ADMIN_AUDIENCE', 'ADMIN_JWKS_URL'].filter((name) => given[name] === undefined);
  if (admin.length === 1 || admin.length === 2)
    faults.push(...admin.map((name) => `${name} is missing: an external issuer needs all three ADMIN_ settings`));
  const sealing = ['PLATFORM_PKCS12_FILE', 'PLATFORM_PKCS12_PASSWORD'].filter((name) => given[name] === undefined);
  if (sealing.length === 1) faults.push(`${sealing[0]} is missing: a PKCS#12 file needs its password, and a password its file`);
  if (given.INLAY_MASTER_KEY && given.INLAY_MASTER_KEY_FILE)
    faults.push('INLAY_MASTER_KEY_FILE must not be set together with INLAY_MASTER_KEY');
  return faults;
}

function missing(given: Readonly<Record<string, string | undefined>>, role: Role | undefined): string[] {
  if (role === 'demo')
    return !given.INLAY_BIND || /^(127(\.\d+){3}|localhost|::1)$/.test(given.INLAY_BIND)
      ? []
      : ['INLAY_BIND must be a loopback address in the demo'];
  const names = needed[role ?? ''];
  return !names || names.some((name) => given[name]) ? [] : [`${names.join(' or ')} is missing: 32 random bytes in base64url`];
}

const plain = (message: string): string => (message.startsWith('must') ? message : 'has a value that cannot be read');
