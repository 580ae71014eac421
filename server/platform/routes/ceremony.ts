import Router from '@koa/router';
import type { Context } from 'koa';
import type { z } from 'zod/mini';
import {
  CeremonyView,
  ConsentRequest,
  ceremonyPath,
  clientHeader,
  DeclineRequest,
  FieldsAnswer,
  FieldsRequest,
  FinishRequest,
  InlayClientReport,
  PagesAnswer,
  PagesRequest,
} from '../../../shared/ceremony.ts';
import { Failure } from '../../../shared/problem.ts';
import { parse, readJson } from '../../http/input.ts';
import { reply } from '../../http/reply.ts';
import type { Call, Ceremonies } from '../domain/ceremony.ts';
import type { Pass } from '../domain/envelope.ts';
import type { Passes } from '../domain/passes.ts';
import { bearerOf, seenOf } from './bearer.ts';
import { sendRecorded } from './recorded.ts';

/** Strokes of several drawn signatures at once. */
const fieldsCap = 4 * 1024 * 1024;

interface Domain {
  readonly passes: Passes;
  readonly ceremonies: Ceremonies;
}

/** The signing ceremony (shared/ceremony.ts), for whoever holds an embed token or a signing link of this platform. */
export function ceremonyRoutes({ passes, ceremonies }: Domain, now: () => number): Router {
  const router = new Router({ sensitive: true, prefix: ceremonyPath });
  const enter = (ctx: Context, at: number) => passes.enter(bearerOf(ctx), at);
  /** Whoever may not enter is refused before their body is read; the act is of the instant at which all of it has come, however slowly. */
  const actOf = async <T>(ctx: Context, schema: z.ZodMiniType<T>, cap?: number): Promise<[Call, T]> => {
    const pass = await enter(ctx, now());
    const report = reportOf(ctx, pass);
    const request = parse(schema, await readJson(ctx, cap));
    return [{ pass, at: now(), seen: seenOf(ctx), report }, request];
  };

  router.get('/', async (ctx) => {
    const at = now();
    reply(ctx, 200, CeremonyView, await ceremonies.view(await enter(ctx, at), at));
  });
  router.get('/document', async (ctx) => {
    const at = now();
    const pass = await enter(ctx, at);
    const call = { pass, at, seen: seenOf(ctx), report: reportOf(ctx, pass) };
    const { bytes, sha256, vaulted } = await ceremonies.document(pass, at);
    await sendRecorded(ctx, { bytes, sha256, type: 'application/pdf' }, async () => {
      if (vaulted) await ceremonies.recordReading(call);
    });
  });
  router.post('/consent', async (ctx) => {
    reply(ctx, 200, CeremonyView, await ceremonies.consent(...(await actOf(ctx, ConsentRequest))));
  });
  router.post('/pages', async (ctx) => {
    reply(ctx, 200, PagesAnswer, await ceremonies.pages(...(await actOf(ctx, PagesRequest))));
  });
  router.put('/fields', async (ctx) => {
    reply(ctx, 200, FieldsAnswer, await ceremonies.fields(...(await actOf(ctx, FieldsRequest, fieldsCap))));
  });
  router.post('/finish', async (ctx) => {
    reply(ctx, 200, CeremonyView, await ceremonies.finish(...(await actOf(ctx, FinishRequest))));
  });
  router.post('/decline', async (ctx) => {
    reply(ctx, 200, CeremonyView, await ceremonies.decline(...(await actOf(ctx, DeclineRequest))));
  });
  return router;
}

/** What a partner's key says of the browser; a link's holder is not asked. */
function reportOf(ctx: Context, pass: Pass): InlayClientReport | undefined {
  const header = ctx.get(clientHeader);
  if (pass.kind !== 'embed' || header === '') return undefined;
  try {
    return parse(InlayClientReport, JSON.parse(header));
  } catch (cause) {
    throw new Failure('invalid-input', `The header ${clientHeader} cannot be read.`, { cause });
  }
}
