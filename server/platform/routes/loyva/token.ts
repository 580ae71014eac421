import Router from '@koa/router';
import { z } from 'zod/mini';
import { loyvaKeyHeader, loyvaPaths } from '../../../../shared/vendors/loyva.ts';
import { iso, reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import type { Envelopes } from '../../domain/envelope/envelopes.ts';
import { keyMark } from '../../domain/records/secrets.ts';
import type { VaultReading } from '../../domain/vault/reading.ts';
import type { Callers } from '../callers.ts';
import { TokenRequest } from './input.ts';

interface Domain {
  readonly callers: Callers;
  readonly envelopes: Envelopes;
  readonly reading: Pick<VaultReading, 'token'>;
}

const TokenAnswer = z.object({
  data: z.object({
    token: z.string(),
    expires_at: z.string(),
    embed_url: z.string(),
    widget_type: z.enum(['sign', 'vault']),
    envelope_id: z.string(),
  }),
});

/** What a key must be allowed for each kind of token; a body that names none is looked at as one for signing, the kind that was there first. */
const Kind = z.object({ widget_type: z.enum(['sign', 'vault']) });
const scopes = { sign: 'esign:write', vault: 'vault:read' } as const;

/** `POST /api/v2/embed/token`: https://docs.stg.loyva.net/api-reference/embed. */
export function tokenRoutes({ callers, envelopes, reading }: Domain, now: () => number): Router {
  const router = new Router({ sensitive: true });
  router.post(loyvaPaths.token, async (ctx) => {
    const { account, within } = await callers.loyvaHolder(ctx);
    const body = await readJson(ctx);
    within(scopes[Kind.safeParse(body).data?.widget_type ?? 'sign']);
    const { envelope_id, user_email, widget_type } = parse(TokenRequest, body);
    const askedBy = keyMark(ctx.get(loyvaKeyHeader));
    const { token, expiresAt, url } =
      widget_type === 'sign'
        ? await envelopes.embedToken(account, envelope_id, user_email, now())
        : await reading.token(account, envelope_id, { email: user_email, askedBy }, now());
    reply(ctx, 200, TokenAnswer, { data: { token, expires_at: iso(expiresAt), embed_url: url, widget_type, envelope_id } });
  });
  return router;
}
