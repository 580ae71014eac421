import Router from '@koa/router';
import { z } from 'zod/mini';
import { loyvaPaths } from '../../../../shared/vendors/loyva.ts';
import { readCursor } from '../../../http/answer/cursor.ts';
import { iso, reply } from '../../../http/answer/reply.ts';
import { parse } from '../../../http/body/input.ts';
import { rolesOf, type TemplateRequest } from '../../domain/creation/template.ts';
import type { Templates } from '../../domain/creation/templates.ts';
import type { Template } from '../../domain/records/template.ts';
import type { Callers } from '../callers.ts';
import { Meta, metaAnswer, warnings } from '../loyva/answers.ts';
import { withDocument } from '../loyva/documents.ts';
import { idOf, line, oneOf, PageQuery, queryOf } from '../loyva/input.ts';
import { FieldAnswer, fieldAnswer, fieldsOf } from './fields.ts';

const item = {
  template_id: z.string(),
  name: z.string(),
  signing_order: z.enum(['parallel', 'sequential']),
  roles: z.array(z.string()),
  pages: z.int(),
  created_at: z.string(),
};
const TemplateList = z.object({ data: z.array(z.object(item)), meta: Meta });
const TemplateAnswer = z.object({ data: z.object({ ...item, fields: z.array(FieldAnswer) }) });
const CreatedAnswer = z.object({ data: z.extend(TemplateAnswer.shape.data, { warnings }) });
const DeletedAnswer = z.object({ data: z.object({ template_id: z.string(), deleted: z.literal(true) }) });

const readTemplate = withDocument<TemplateRequest>(
  (document) => {
    const schema = z.pipe(
      z.object({
        name: line(200),
        signing_order: z._default(oneOf(['parallel', 'sequential'] as const), 'parallel'),
        document,
        fields: z.optional(fieldsOf(line(60), 1)),
      }),
      z.transform(({ signing_order: order, ...it }): TemplateRequest => ({ ...it, order })),
    );
    return () => schema;
  },
  ['fields'],
);

/** Templates: ours, since Loyva documents them only by their id. */
export function templateRoutes({ callers, templates }: { callers: Callers; templates: Templates }, now: () => number): Router {
  const router = new Router({ sensitive: true });
  const one = `${loyvaPaths.templates}/:id`;

  router.post(loyvaPaths.templates, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    const { template, warnings } = await templates.create(account, await readTemplate(ctx), now());
    reply(ctx, 201, CreatedAnswer, { data: { ...templateAnswer(template), warnings: [...warnings] } });
  });

  router.get(loyvaPaths.templates, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    const { cursor, ...asked } = parse(PageQuery, queryOf(ctx));
    const query = { ...asked, after: readCursor(cursor, ['number', 'string']) };
    const listed = await templates.list(account, query);
    reply(ctx, 200, TemplateList, { data: listed.items.map(templateAnswer), meta: metaAnswer(query, listed) });
  });

  router.get(one, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:read');
    reply(ctx, 200, TemplateAnswer, { data: templateAnswer(await templates.get(account, idOf(ctx))) });
  });

  router.delete(one, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    await templates.remove(account, idOf(ctx));
    reply(ctx, 200, DeletedAnswer, { data: { template_id: idOf(ctx), deleted: true } });
  });
  return router;
}

const templateAnswer = (template: Template) => ({
  template_id: template.id,
  name: template.name,
  signing_order: template.order,
  roles: rolesOf(template),
  fields: template.fields.map(fieldAnswer),
  pages: template.document.pages.length,
  created_at: iso(template.createdAt),
});
