import { Router } from '@koa/router';
import type { Context } from 'koa';
import { CertificateView, VaultView } from '../../../shared/vault.ts';
import { assertGet } from '../../http/answer/get-only.ts';
import type { OpenAnswers } from '../../http/answer/open-answers.ts';
import { reply } from '../../http/answer/reply.ts';
import { assertWidget, type Sessions } from '../domain/session/sessions.ts';
import type { Vaults } from '../domain/signing/vaults.ts';
import { visitOf } from './visits.ts';

interface Options {
  sessions: Sessions;
  vaults: Vaults;
  publicUrl: string;
  opened: OpenAnswers;
}

/** `/embed/vault`: a vaulted envelope, for the session of its reader. */
export function vaultRoutes({ sessions, vaults, publicUrl, opened }: Options, now: () => number): Router {
  const router = new Router({ prefix: '/embed/vault' });
  const enter = async (ctx: Context) => {
    const { session } = await sessions.enter(visitOf(ctx, publicUrl), now());
    assertWidget(session, 'vault');
    return session;
  };

  router.get('/', async (ctx: Context) => reply(ctx, 200, VaultView, await vaults.record(await enter(ctx))));

  router.get('/certificate', async (ctx: Context) => {
    assertGet(ctx);
    reply(ctx, 200, CertificateView, await vaults.certificate(await enter(ctx)));
  });

  router.get('/copy', async (ctx: Context) => {
    assertGet(ctx);
    const session = await enter(ctx);
    opened(ctx, { reader: session.id, account: session.partnerId });
    const { length, body } = await vaults.copy(session);
    ctx.status = 200;
    ctx.set({
      'Cache-Control': 'no-store',
      'Content-Disposition': `attachment; filename="${session.envelopeId}_copy.pdf"`,
      // Should a browser show it all the same, it is nobody's page and runs nothing.
      'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    });
    ctx.type = 'application/pdf';
    if (length !== undefined) ctx.length = length;
    ctx.body = body;
  });
  return router;
}
