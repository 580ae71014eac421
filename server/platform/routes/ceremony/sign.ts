import Router from '@koa/router';
import type { Context } from 'koa';
import { type ProblemCode, problems } from '../../../../shared/problem.ts';
import { ceremonyPath, Discovery, discoveryPath } from '../../../../shared/signing/ceremony.ts';
import { reply } from '../../../http/answer/reply.ts';
import { type Assets, sendAsset } from '../../../http/answer/static.ts';
import { problemPage } from '../../pages/problem.ts';
import { signPage } from '../../pages/sign.ts';
import { vaultPage } from '../../pages/vault.ts';

/** The hosted pages of signing and of the vault with their scripts, and what strangers need to check a seal. `authorities` answers in PEM. */
export function signRoutes({ assets, authorities }: { assets: Assets; authorities: () => string }): Router {
  const router = new Router({ sensitive: true });
  const asset = (cacheControl: string) => async (ctx: Context) => {
    const found = await assets.find(ctx.path.slice(1));
    if (!found) return;
    ctx.set('Cache-Control', cacheControl);
    sendAsset(ctx, found);
  };

  router.get('/sign', signPage);
  router.get('/sign.js', asset('no-cache'));
  router.get('/vault', vaultPage);
  router.get('/vault.js', asset('no-cache'));
  router.get('/chunks/:name', asset('public, max-age=31536000, immutable'));
  router.get('/pdfjs/*path', asset('no-cache'));
  router.get('/fonts/:name', asset('no-cache'));
  router.get(discoveryPath, (ctx) => reply(ctx, 200, Discovery, { version: 1, path: ceremonyPath }));
  router.get('/authority.pem', (ctx) => {
    ctx.set('Cache-Control', 'no-cache');
    ctx.attachment('authority.pem');
    ctx.type = 'application/x-pem-file';
    ctx.body = authorities();
  });
  router.get('/problems/:code', (ctx) => {
    const code = ctx.params.code ?? '';
    if (Object.hasOwn(problems, code)) problemPage(ctx, code as ProblemCode);
  });
  return router;
}
