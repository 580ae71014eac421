import type { Context, Middleware } from 'koa';
import { Failure } from '../../../shared/problem.ts';

const methods = 'GET, POST, PATCH, PUT, DELETE';
const allowed = 'Authorization, DPoP, Content-Type, If-Match, Idempotency-Key, Range, Last-Event-ID';
const exposed = 'Date, ETag, Retry-After, Content-Range, Content-Length, Content-Disposition';

/**
 * CORS for the browser's door. Preflights and refusals carry headers for every origin that some partner has registered (a suspended
 * one's page must be able to read why); whether a real call may be made from there, the session decides.
 */
export function cors(originKnown: (origin: string) => Promise<boolean>): Middleware {
  return async (ctx: Context, next) => {
    ctx.vary('Origin');
    const origin = ctx.get('Origin');
    if (origin && (await originKnown(origin))) {
      ctx.set('Access-Control-Allow-Origin', origin);
      ctx.set('Access-Control-Expose-Headers', exposed);
      ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    if (ctx.method !== 'OPTIONS') return next();
    if (!ctx.response.get('Access-Control-Allow-Origin')) throw new Failure('origin-refused');
    ctx.set({ 'Access-Control-Allow-Methods': methods, 'Access-Control-Allow-Headers': allowed, 'Access-Control-Max-Age': '600' });
    ctx.status = 204;
    return undefined;
  };
}
