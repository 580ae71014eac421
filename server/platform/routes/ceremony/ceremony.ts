import Router from '@koa/router';
import type { Context } from 'koa';
import type { z } from 'zod/mini';
import { Failure } from '../../../../shared/problem.ts';
import {
  CeremonyQuery,
  CeremonyView,
  ConsentRequest,
  ceremonyPath,
  clientHeader,
  DeclineRequest,
  FieldsAnswer,
  FieldsRequest,
  FinishRequest,
  InlayClientReport,
  OutlineAnswer,
  OutlineRequest,
  PagesAnswer,
  PagesRequest,
} from '../../../../shared/signing/ceremony.ts';
import type { OpenAnswers } from '../../../http/answer/open-answers.ts';
import { reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import { doorRates, limitRate, type Rates } from '../../../http/rates.ts';
import type { Call } from '../../domain/ceremony/call.ts';
import type { Ceremonies } from '../../domain/ceremony/ceremony.ts';
import type { Passes } from '../../domain/ceremony/passes.ts';
import type { Pass } from '../../domain/records/envelope.ts';
import { bearerOf, type SeenOf } from '../bearer.ts';
import { sendRecorded } from '../recorded.ts';

/** Strokes of several drawn signatures at once. */
const fieldsCap = 4 * 1024 * 1024;
/** A name is drawn while it is typed, not as often as its keys are pressed. */
const outlinesAMinute = 120;
const outlineCap = 4 * 1024;

interface Domain {
  readonly opened: OpenAnswers;
  readonly rates: Rates;
  readonly passes: Passes;
  readonly ceremonies: Ceremonies;
  readonly seenOf: SeenOf;
}

/** The signing ceremony (shared/signing/ceremony.ts), for whoever holds an embed token or a signing link of this platform. */
export function ceremonyRoutes({ passes, ceremonies, opened, rates, seenOf }: Domain, now: () => number): Router {
  const router = new Router({ sensitive: true, prefix: ceremonyPath });
  /** Links come from their holders' own addresses; embed tokens come by gateways, each for many. */
  const enter = async (ctx: Context, at: number): Promise<Pass> => {
    const token = bearerOf(ctx);
    if (!token.includes('.')) limitRate(ctx, rates, [{ name: `address ${seenOf(ctx).address}`, limit: doorRates.address }]);
    const pass = await passes.enter(token, at);
    limitRate(ctx, rates, [{ name: `pass ${pass.hash}`, limit: doorRates.pass }]);
    return pass;
  };
  /** Whoever may not enter is refused before their body is read; the act is of the instant at which all of it has come, however slowly. */
  const actOf = async <T>(ctx: Context, schema: z.ZodMiniType<T>, cap?: number): Promise<[Call, T]> => {
    const pass = await enter(ctx, now());
    const report = reportOf(ctx, pass);
    const request = parse(schema, await readJson(ctx, cap));
    return [{ pass, at: now(), seen: seenOf(ctx), report }, request];
  };

  router.get('/', async (ctx) => {
    const at = now();
    const pass = await enter(ctx, at);
    const { time_zone } = parse(CeremonyQuery, { ...ctx.query });
    reply(ctx, 200, CeremonyView, await ceremonies.view(pass, at, time_zone));
  });
  router.get('/document', async (ctx) => {
    const at = now();
    const pass = await enter(ctx, at);
    const call = { pass, at, seen: seenOf(ctx), report: reportOf(ctx, pass) };
    opened(ctx, { reader: pass.hash, account: pass.accountId });
    const { file, vaulted } = await ceremonies.document(pass, at);
    await sendRecorded(ctx, file, 'application/pdf', async () => {
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
  router.post('/outline', async (ctx) => {
    const [call, request] = await actOf(ctx, OutlineRequest, outlineCap);
    limitRate(ctx, rates, [{ name: `outlines ${call.pass.signerId}`, limit: outlinesAMinute }]);
    reply(ctx, 200, OutlineAnswer, await ceremonies.outline(call, request));
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
