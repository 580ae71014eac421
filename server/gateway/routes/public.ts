import { Router } from '@koa/router';
import type { Context } from 'koa';
import { type ProblemCode, problems } from '../../../shared/problem.ts';
import { page } from '../../http/answer/page.ts';
import { json } from '../../http/answer/reply.ts';
import { type Assets, sendAsset } from '../../http/answer/static.ts';
import { answerReady, type Checks } from '../../http/readiness.ts';
import type { TokenKeys } from '../domain/records/token-keys.ts';
import { landingPage, problemPage } from '../pages/pages.ts';
import type { WithParams } from './registry.ts';

interface Public {
  assets: Assets;
  npmPackage: Assets;
  embedKeys: TokenKeys;
  /** The pages' own sheet. */
  style: string;
  checks: Checks;
}

const forEver = 'public, max-age=31536000, immutable';

/** What anybody may fetch: the script and its chunks, what the signing view reads, the package for partners, the public signing keys, and a few pages. */
export function publicRoutes({ assets, npmPackage, embedKeys, style, checks }: Public): Router {
  const router = new Router();

  const script =
    (name: string, cacheControl: string, from = assets) =>
    async (ctx: Context) => {
      const asset = await from.find(name);
      if (!asset) return;
      ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin', 'Cache-Control': cacheControl });
      sendAsset(ctx, asset);
    };
  router.get('/inlay.js', script('inlay.js', 'no-cache'));
  router.get('/pdf.js', script('pdf.js', 'no-cache'));
  router.get('/chunks/:name', (ctx: WithParams) => script(`chunks/${ctx.params.name}`, forEver)(ctx));
  router.get('/fonts/:name', (ctx: WithParams) => script(`fonts/${ctx.params.name}`, 'no-cache')(ctx));
  router.get('/pdfjs/*path', (ctx: WithParams) => script(`pdfjs/${ctx.params.path}`, forEver)(ctx));
  router.get('/inlay/*path', (ctx: WithParams) => script(`${ctx.params.path}`, forEver, npmPackage)(ctx));

  router.get('/.well-known/jwks.json', (ctx: Context) => {
    ctx.set('Cache-Control', 'public, max-age=300');
    json(ctx, embedKeys.jwks());
  });

  router.get('/readyz', answerReady(checks));
  router.get('/', (ctx: Context) => page(ctx, 200, landingPage()));
  router.get('/pages.css', (ctx: Context) => {
    ctx.type = 'text/css; charset=utf-8';
    ctx.body = style;
  });
  router.get('/problems/:code', (ctx: WithParams) => {
    const code = ctx.params.code ?? '';
    if (Object.hasOwn(problems, code)) page(ctx, 200, problemPage(code as ProblemCode));
  });
  return router;
}
