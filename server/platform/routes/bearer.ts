import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import type { Seen } from '../domain/reached.ts';

/** The token of `Authorization: Bearer` (RFC 6750 section 2.1), the scheme in any case (RFC 9110 section 11.1). */
export function bearerOf(ctx: Context): string {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('Authorization')) ?? [];
  if (!token) throw new Failure('unauthenticated');
  return token;
}

/** The connection's other end, whatever headers say of it. */
export const seenOf = (ctx: Context): Seen => ({
  address: ctx.req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null,
  userAgent: ctx.get('User-Agent').slice(0, 500) || null,
});
