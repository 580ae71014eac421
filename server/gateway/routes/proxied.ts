import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { VendorName } from '../../../shared/onboarding.ts';
import { Failure } from '../../../shared/problem.ts';
import { kelviqKeyHeader } from '../../../shared/vendors/kelviq.ts';
import { readBytes } from '../../http/input.ts';
import type { Callers } from '../domain/callers.ts';
import type { Proxied } from '../domain/proxied.ts';
import { proxyTable, type Rebuilds } from './proxy-table.ts';
import { provenance } from './visits.ts';

/** The partner's key, where that vendor's clients put theirs. */
const keyOf: Record<VendorName, (ctx: Context) => string> = {
  scribeless: (ctx) => ctx.get('X-API-Key'),
  kelviq: (ctx) => ctx.get(kelviqKeyHeader),
  loyva: (ctx) => ctx.get('X-API-Key'),
  subscribr: (ctx) => ctx.get('Authorization').replace(/^Bearer /i, ''),
};

export function proxiedRoutes({ callers, proxied, rebuilds }: { callers: Callers; proxied: Proxied; rebuilds: Rebuilds }): Router {
  const router = new Router({ sensitive: true });
  for (const row of proxyTable(rebuilds))
    router.register(row.path, [row.method], async (ctx: Context) => {
      assertPlain(ctx.path, row.vendor);
      const caller = await callers.identify(keyOf[row.vendor](ctx), row.scope, provenance(ctx));
      if (ctx.is('multipart/form-data')) throw new Failure('media-type-refused', 'Send JSON, a document in it as base64.');
      const body = row.method === 'POST' ? await readBytes(ctx, row.bodyCap) : undefined;
      const call = { method: row.method, path: ctx.path + ctx.search, accept: ctx.get('Accept'), body, deadline: row.deadline };
      const answer = await proxied.call(caller, row.vendor, ctx.get('X-Inlay-Credential'), call, row.rebuild);
      ctx.status = answer.status;
      ctx.set(answer.headers);
      ctx.set('Cache-Control', 'no-store');
      ctx.body = answer.body;
    });
  return router;
}

/**
 * A segment that means "here" or "up", however it is written, could lead the vendor to another of its paths; so could a slash inside of one
 * where the paths below have scopes of their own. Only Kelviq's external ids are the caller's words and may hold one.
 */
function assertPlain(path: string, vendor: VendorName): void {
  if (/^(?:\/[\w-]+)*\/?$/.test(path)) return;
  let segments: string[];
  try {
    segments = path.split('/').flatMap((segment) => decodeURIComponent(segment).split(/[/\\]/));
  } catch {
    throw new Failure('no-such-route');
  }
  if (vendor !== 'kelviq' && segments.length > path.split('/').length) throw new Failure('no-such-route');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (segments.some((segment) => segment === '.' || segment === '..' || /[\u0000-\u001f]/.test(segment)))
    throw new Failure('no-such-route');
}
