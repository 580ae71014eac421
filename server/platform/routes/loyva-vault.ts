import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod/mini';
import { loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { parse } from '../../http/input.ts';
import { iso, reply } from '../../http/reply.ts';
import type { Envelopes } from '../domain/envelopes.ts';
import { type FileKind, filenameOf } from '../domain/files.ts';
import type { Vault } from '../domain/vault.ts';
import type { Callers } from './callers.ts';
import { EnvelopeAnswer, envelopeAnswer } from './loyva-answers.ts';
import { idOf, LinkQuery, queryOf } from './loyva-input.ts';

interface Domain {
  readonly callers: Callers;
  readonly envelopes: Envelopes;
  readonly vault: Vault;
}

const FileAnswer = z.object({
  data: z.object({ signed_url: z.string(), filename: z.string(), expires_in: z.int(), expires_at: z.string() }),
});

/** Loyva's vault: https://docs.stg.loyva.net/api-reference/vault. */
export function vaultRoutes({ callers, envelopes, vault }: Domain, now: () => number): Router {
  const router = new Router({ sensitive: true });
  const one = `${loyvaPaths.envelopes}/:id`;

  router.post(`${one}/vault-in-signed`, async (ctx) => {
    const account = await callers.loyva(ctx, 'vault:write');
    await vault.storeById(account, idOf(ctx));
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.get(account, idOf(ctx)), now()) });
  });

  const linkTo = (kind: FileKind) => async (ctx: Context) => {
    const account = await callers.loyva(ctx, 'vault:read');
    const { expires } = parse(LinkQuery, queryOf(ctx));
    const { link, url } = await vault.link(account, idOf(ctx), kind, expires);
    reply(ctx, 200, FileAnswer, {
      data: { signed_url: url, filename: filenameOf(link), expires_in: expires, expires_at: iso(link.expires * 1000) },
    });
  };
  router.get(`${one}/vault/signed-url`, linkTo('authoritative'));
  router.get(`${one}/vault/copy/signed-url`, linkTo('copy'));
  return router;
}
