import Router from '@koa/router';
import { z } from 'zod/mini';
import { loyvaPaths } from '../../../../shared/vendors/loyva.ts';
import { iso, reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import type { Erasures } from '../../domain/people/erasure.ts';
import type { Callers } from '../callers.ts';
import { ErasureRequest } from './input.ts';

const ErasureAnswer = z.object({
  data: z.object({
    person: z.string(),
    envelopes: z.int(),
    erased_at: z.string(),
    kept: z.array(z.object({ envelope_id: z.string(), why: z.string() })),
  }),
});

/** `POST /api/v2/partner/erasures` (ours): forgets a person, and says what is kept of them and why. */
export function erasureRoutes({ callers, erasures }: { callers: Callers; erasures: Erasures }, now: () => number): Router {
  const router = new Router({ sensitive: true });
  router.post(loyvaPaths.erasures, async (ctx) => {
    const account = await callers.loyva(ctx, 'envelopes:write');
    const { email } = parse(ErasureRequest, await readJson(ctx));
    const { id, erasedAt, erasure } = await erasures.erase(account, email, now());
    const kept = erasure.kept.map(({ envelopeId, why }) => ({ envelope_id: envelopeId, why }));
    reply(ctx, 200, ErasureAnswer, { data: { person: id, envelopes: erasure.envelopes, erased_at: iso(erasedAt), kept } });
  });
  return router;
}
