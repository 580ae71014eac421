import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import type { Provenance } from '../domain/registry/callers.ts';
import type { Visit } from '../domain/session/sessions.ts';

/** What a call says of the page it comes from. */
export const provenance = ({ req: { headers } }: Context): Provenance => ({
  origin: headers.origin ?? '',
  fetchSite: String(headers['sec-fetch-site'] ?? ''),
});

/** A browser's call, as its headers tell it. The address is built from the gateway's own setting, never from Host. */
export function visitOf(ctx: Context, publicUrl: string): Visit {
  const [, token] = /^DPoP ([\w.~+/-]+=*)$/i.exec(ctx.get('Authorization')) ?? [];
  if (!token) throw new Failure('unauthenticated', 'Send Authorization: DPoP <token>.');
  return { method: ctx.method, url: publicUrl + ctx.path, token, proof: ctx.get('DPoP'), ...provenance(ctx) };
}

/** 1 to 255 printable characters (draft-ietf-httpapi-idempotency-key-header-07). */
export function idempotencyKey(ctx: Context): string {
  const key = ctx.get('Idempotency-Key');
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new Failure('idempotency-key-missing');
  return key;
}
