import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Refusal } from './wire.ts';

export const scopes = [
  'envelopes:read',
  'envelopes:write',
  'vault:write',
  'vault:read',
  'vault:release',
  'compliance:read',
  'esign:write',
] as const;
export type Scope = (typeof scopes)[number];

/** A key: its organization, what it opens, its ceiling, and where its events go. */
export interface Key {
  readonly secret: string;
  readonly org: string;
  readonly scopes: readonly Scope[];
  readonly rpm: number;
  active: boolean;
  webhookUrl: string | null;
  webhookSecret: string | null;
}

/** `lk_` and 40 hexadecimal characters. */
export const newSecret = (): string => `lk_${randomBytes(20).toString('hex')}`;

/** Counts calls in windows of a minute, as the three headers say. */
export function meter(now: () => number) {
  const windows = new Map<string, { until: number; used: number }>();
  return (key: Key): Record<string, string> => {
    const known = windows.get(key.secret);
    const window = known && known.until > now() ? known : { until: now() + 60_000, used: 0 };
    windows.set(key.secret, window);
    window.used += 1;
    const headers = {
      'x-ratelimit-limit': String(key.rpm),
      'x-ratelimit-remaining': String(Math.max(0, key.rpm - window.used)),
      'x-ratelimit-reset': String(Math.ceil(window.until / 1000)),
    };
    if (window.used <= key.rpm) return headers;
    const wait = String(Math.max(1, Math.ceil((window.until - now()) / 1000)));
    throw new Refusal(429, 'Too many requests', undefined, { ...headers, 'retry-after': wait });
  };
}

/** What a token of the front end says: one envelope, one widget, one user. */
export interface Claims {
  readonly envelope: string;
  readonly widget: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

const tokenKey = randomBytes(32);
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signatureOf = (text: string): Buffer => createHmac('sha256', tokenKey).update(text).digest();

export function mint(claims: Claims): string {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${signatureOf(text).toString('base64url')}`;
}

/** The claims of a token that is good at this instant. */
export function read(token: string, now: number): Claims | undefined {
  const [head = '', body = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const wanted = signatureOf(`${head}.${body}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  return claims.exp * 1000 > now ? claims : undefined;
}
