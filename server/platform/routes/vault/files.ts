import Router from '@koa/router';
import { Failure } from '../../../../shared/problem.ts';
import type { OpenAnswers } from '../../../http/answer/open-answers.ts';
import { type FileLink, type FileLinks, fileKinds, filenameOf } from '../../domain/vault/file-links.ts';
import type { SeenOf } from '../bearer.ts';
import { sendRecorded } from '../recorded.ts';

interface Doors {
  readonly links: FileLinks;
  readonly opened: OpenAnswers;
  readonly seenOf: SeenOf;
}

/** The vault's files for whoever has a signed address, until it is over. Reading one is recorded; asking for its length is not. */
export function fileRoutes({ links, opened, seenOf }: Doors, now: () => number): Router {
  const router = new Router({ sensitive: true });

  router.get('/files/:id/:kind', async (ctx) => {
    const { link, signature } = linkOf(ctx.params, new URLSearchParams(ctx.querystring));
    links.admit(link, signature, now());
    opened(ctx, { reader: signature, account: link.accountId });
    const file = await links.open(link, now());
    await sendRecorded(ctx, file, 'application/pdf', () => links.recordReading(link, seenOf(ctx), now()));
    // A PDF can hold scripts: on our own origin it must stay a file that is saved.
    ctx.set('Content-Disposition', `attachment; filename="${filenameOf(link)}"`);
    ctx.set('Content-Security-Policy', 'sandbox');
  });
  return router;
}

function linkOf(params: Record<string, string | undefined>, query: URLSearchParams): { link: FileLink; signature: string } {
  const kind = fileKinds.find((each) => each === params.kind);
  const expires = Number(/^\d{1,15}$/.exec(query.get('expires') ?? '')?.[0]);
  if (!kind || Number.isNaN(expires)) throw new Failure('not-found');
  const link = { accountId: query.get('account') ?? '', envelopeId: params.id ?? '', kind, expires, nonce: query.get('once') };
  return { link, signature: query.get('signature') ?? '' };
}
