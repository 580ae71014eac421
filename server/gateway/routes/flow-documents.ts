import { Router } from '@koa/router';
import type { Context } from 'koa';
import { DocumentName } from '../../../shared/onboarding/flow.ts';
import { Failure } from '../../../shared/problem.ts';
import { FlowDocument as DocumentAnswer, FlowDocumentList } from '../../../shared/registry.ts';
import type { OpenAnswers } from '../../http/answer/open-answers.ts';
import { iso, reply } from '../../http/answer/reply.ts';
import { parse, readBytes } from '../../http/body/input.ts';
import type { FlowDocument } from '../domain/records/ports.ts';
import type { Admins } from '../domain/registry/admins.ts';
import { documentCap, type FlowDocuments } from '../domain/registry/flow-documents.ts';
import { administrator, type WithParams } from './registry.ts';

const view = ({ name, size, sha256, updatedAt }: FlowDocument): DocumentAnswer => ({ name, size, sha256, updated_at: iso(updatedAt) });

interface Options {
  admins: Admins;
  documents: FlowDocuments;
  opened: OpenAnswers;
}

/** `…/flow/documents`: the PDFs that a partner's `sign` steps name. */
export function flowDocumentRoutes({ admins, documents, opened }: Options, now: () => number): Router {
  const router = new Router({ prefix: '/api/v1/admin/partners/:partner/flow/documents' });
  const partnerOf = (ctx: WithParams): string => ctx.params.partner ?? '';
  const nameOf = (ctx: WithParams): string => parse(DocumentName, ctx.params.name);

  router.get('{/}', async (ctx: WithParams) => {
    await administrator(admins, ctx, now());
    reply(ctx, 200, FlowDocumentList, { items: (await documents.list(partnerOf(ctx))).map(view) });
  });
  router.put('/:name', async (ctx: WithParams) => {
    const actor = await administrator(admins, ctx, now());
    const name = nameOf(ctx);
    assertPdf(ctx);
    const bytes = await readBytes(ctx, documentCap);
    reply(ctx, 200, DocumentAnswer, view(await documents.put(partnerOf(ctx), name, bytes, actor, now())));
  });
  router.get('/:name', async (ctx: WithParams) => {
    await administrator(admins, ctx, now());
    opened(ctx, { reader: 'administrators', account: '' });
    const { row, bytes } = await documents.read(partnerOf(ctx), nameOf(ctx));
    ctx.set({ 'Cache-Control': 'no-store', ETag: `"${row.sha256}"`, 'Content-Disposition': `attachment; filename="${row.name}.pdf"` });
    ctx.type = 'application/pdf';
    ctx.body = bytes;
  });
  router.delete('/:name', async (ctx: WithParams) => {
    const actor = await administrator(admins, ctx, now());
    await documents.delete(partnerOf(ctx), nameOf(ctx), actor, now());
    ctx.status = 204;
  });
  return router;
}

function assertPdf(ctx: Context): void {
  if (!ctx.is('application/pdf')) throw new Failure('media-type-refused', 'Send application/pdf.');
}
