import Router from '@koa/router';
import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import { sendFile } from '../../http/bytes.ts';
import { type FileLink, type FileLinks, fileKinds, filenameOf } from '../domain/file-links.ts';

/** The vault's files for whoever has a signed address, until it is over. Reading one is recorded; asking for its length is not. */
export function fileRoutes(links: FileLinks, now: () => number): Router {
  const router = new Router({ sensitive: true });

  router.get('/files/:id/:kind', async (ctx) => {
    const { link, signature } = linkOf(ctx.params, new URLSearchParams(ctx.querystring));
    const { bytes, sha256 } = await links.open(link, signature, now());
    sendFile(ctx, { bytes, sha256, type: 'application/pdf' });
    if (ctx.method === 'GET' && (ctx.status === 200 || ctx.status === 206)) await record(links, link, ctx, now());
    // A PDF can hold scripts: on our own origin it must stay a file that is saved.
    ctx.set('Content-Disposition', `attachment; filename="${filenameOf(link)}"`);
    ctx.set('Content-Security-Policy', 'sandbox');
  });
  return router;
}

/** Nothing leaves that is not in the record. */
async function record(links: FileLinks, link: FileLink, ctx: Context, at: number): Promise<void> {
  const address = ctx.req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null;
  try {
    await links.recordReading(link, { address, userAgent: ctx.get('User-Agent').slice(0, 500) || null }, at);
  } catch (error) {
    for (const name of ['ETag', 'Accept-Ranges', 'Content-Range']) ctx.remove(name);
    throw error;
  }
}

function linkOf(params: Record<string, string | undefined>, query: URLSearchParams): { link: FileLink; signature: string } {
  const kind = fileKinds.find((each) => each === params.kind);
  const expires = Number(query.get('expires'));
  if (!kind || !Number.isSafeInteger(expires)) throw new Failure('not-found');
  const link = { accountId: query.get('account') ?? '', envelopeId: params.id ?? '', kind, expires, nonce: query.get('once') };
  return { link, signature: query.get('signature') ?? '' };
}
