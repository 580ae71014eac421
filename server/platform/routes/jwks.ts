import Router from '@koa/router';
import { json } from '../../http/answer/reply.ts';
import type { CertificateKey } from '../domain/vault/certificate.ts';

/** The keys that certificates are signed with (RFC 7517), for whoever checks one. */
export function jwksRoutes({ jwks }: Pick<CertificateKey, 'jwks'>): Router {
  const router = new Router({ sensitive: true });
  router.get('/.well-known/jwks.json', (ctx) => {
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.set('Cache-Control', 'public, max-age=300');
    json(ctx, jwks);
  });
  return router;
}
