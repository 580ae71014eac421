import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import type { CallerAddressOf } from '../../http/caller-address.ts';
import type { Seen } from '../domain/ceremony/provenance.ts';

/** The token of `Authorization: Bearer` (RFC 6750 section 2.1), the scheme in any case (RFC 9110 section 11.1). */
export function bearerOf(ctx: Context): string {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('Authorization')) ?? [];
  if (!token) throw new Failure('unauthenticated');
  return token;
}

export type SeenOf = (ctx: Context) => Seen;

/** What the platform sees of a call by itself, and by what the proxies say that it trusts. */
export const seenBy =
  (addressOf: CallerAddressOf): SeenOf =>
  (ctx) => {
    const { address, via } = addressOf(ctx);
    return { address, ...(via !== null && { via }), userAgent: ctx.get('User-Agent').slice(0, 500) || null };
  };
