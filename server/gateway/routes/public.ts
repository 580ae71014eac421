import { Router } from '@koa/router';
import type { Context } from 'koa';
import { problems } from '../../../shared/problem.ts';
import { html, page } from '../../http/page.ts';
import { type Asset, sendAsset } from '../../http/static.ts';
import type { SigningKeys } from '../domain/signing-keys.ts';
import type { WithParams } from './registry.ts';

/** What anybody may fetch: the script and its chunks, the public signing keys, and a page for each problem code. */
export function publicRoutes({ assets, embedKeys }: { assets: ReadonlyMap<string, Asset>; embedKeys: SigningKeys }): Router {
  const router = new Router();

  const script = (name: string, cacheControl: string) => (ctx: Context) => {
    const asset = assets.get(name);
    if (!asset) return;
    ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin', 'Cache-Control': cacheControl });
    sendAsset(ctx, asset);
  };
  router.get('/inlay.js', script('inlay.js', 'no-cache'));
  router.get('/chunks/:name', (ctx: WithParams) => script(`chunks/${ctx.params.name}`, 'public, max-age=31536000, immutable')(ctx));

  router.get('/.well-known/jwks.json', (ctx: Context) => {
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.body = embedKeys.jwks();
  });

  router.get('/problems/:code', (ctx: WithParams) => {
    const code = ctx.params.code ?? '';
    if (!Object.hasOwn(problems, code)) return;
    const { status, title } = problems[code as keyof typeof problems];
    page(
      ctx,
      200,
      html`<!doctype html><html lang="en"><meta charset="utf-8"><title>${code}</title><h1>${code}</h1><p>HTTP ${status}. ${title}.</p></html>`,
    );
  });
  return router;
}
