import Router from '@koa/router';
import { Failure } from '../../../shared/problem.ts';
import { sendFile } from '../../http/bytes.ts';
import { type FileLink, type Files, fileKinds, filenameOf } from '../domain/files.ts';

/** The vault's files for whoever has a signed address, until it is over. Reading one is recorded; asking for its length is not. */
export function fileRoutes(files: Files, now: () => number): Router {
  const router = new Router({ sensitive: true });

  router.get('/files/:id/:kind', async (ctx) => {
    const { link, signature } = linkOf(ctx.params, new URLSearchParams(ctx.querystring));
    const { bytes, sha256 } = await files.open(link, signature, now());
    // A PDF can hold scripts: on our own origin it must stay a file that is saved.
    ctx.set('Content-Disposition', `attachment; filename="${filenameOf(link)}"`);
    ctx.set('Content-Security-Policy', 'sandbox');
    sendFile(ctx, { bytes, sha256, type: 'application/pdf' });
    if (ctx.method === 'GET' && (ctx.status === 200 || ctx.status === 206)) await files.recordReading(link, now());
  });
  return router;
}

function linkOf(params: Record<string, string | undefined>, query: URLSearchParams): { link: FileLink; signature: string } {
  const kind = fileKinds.find((each) => each === params.kind);
  const expires = Number(query.get('expires'));
  if (!kind || !Number.isSafeInteger(expires)) throw new Failure('not-found');
  const link = { accountId: query.get('account') ?? '', envelopeId: params.id ?? '', kind, expires };
  return { link, signature: query.get('signature') ?? '' };
}
