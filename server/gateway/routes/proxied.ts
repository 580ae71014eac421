import { hash } from 'node:crypto';
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { Failure } from '../../../shared/problem.ts';
import { kelviqKeyHeader } from '../../../shared/vendors/kelviq.ts';
import { loyvaKeyHeader } from '../../../shared/vendors/loyva.ts';
import { scribelessKeyHeader } from '../../../shared/vendors/scribeless.ts';
import { assertGet } from '../../http/answer/get-only.ts';
import { passBody } from '../../http/answer/passing.ts';
import { readBytes } from '../../http/body/input.ts';
import type { CallBody, ProxiedCall } from '../domain/proxy/call.ts';
import type { Proxied } from '../domain/proxy/proxied.ts';
import type { Callers } from '../domain/registry/callers.ts';
import { type ProxyRow, proxyTable, type Rebuilds } from './proxy-table.ts';
import { provenance } from './visits.ts';

/** A header as Node has it, by its name in lower case: these are read at every call. */
const header = ({ req }: Context, name: string): string => {
  const value = req.headers[name];
  return typeof value === 'string' ? value : '';
};

/** The partner's key, where that vendor's clients put theirs. */
const keyOf: Record<VendorName, (ctx: Context) => string> = {
  scribeless: (ctx) => header(ctx, scribelessKeyHeader),
  kelviq: (ctx) => header(ctx, kelviqKeyHeader),
  loyva: (ctx) => header(ctx, loyvaKeyHeader),
  subscribr: (ctx) => /^Bearer +(\S+)$/i.exec(header(ctx, 'authorization'))?.[1] ?? '',
};

interface Options {
  callers: Callers;
  proxied: Proxied;
  rebuilds: Rebuilds;
}

/** One router for each vendor: a call looks through the rows of its own. */
export function proxiedRoutes(options: Options, now: () => number): Readonly<Record<VendorName, Router>> {
  const rows = proxyTable(options.rebuilds);
  const of = (vendor: VendorName) =>
    routerOf(
      rows.filter((row) => row.vendor === vendor),
      options,
      now,
    );
  return { scribeless: of('scribeless'), kelviq: of('kelviq'), loyva: of('loyva'), subscribr: of('subscribr') };
}

function routerOf(rows: readonly ProxyRow[], { callers, proxied }: Options, now: () => number): Router {
  const router = new Router({ sensitive: true });
  for (const row of rows) {
    const { method, vendor, deadline, rebuild, repeatable = false } = row;
    const named = `${method} ${row.path}`;
    router.register(row.path, [method], async (ctx: Context) => {
      assertPlain(ctx.path, row.path);
      if (row.makes) assertGet(ctx);
      const caller = await callers.identify(keyOf[vendor](ctx), row.scope, provenance(ctx), now());
      const idempotencyKey = method === 'POST' ? keyGiven(ctx) : undefined;
      const incoming = method === 'POST' ? await bodyOf(ctx, row, idempotencyKey) : undefined;
      const said = { vendor, row: named, rebuild, repeatable, idempotencyKey, body: incoming?.about };
      const call: ProxiedCall = {
        method,
        path: ctx.path + ctx.search,
        accept: header(ctx, 'accept'),
        body: incoming?.bytes,
        contentType: incoming?.contentType,
        contentLength: incoming?.contentLength,
        deadline,
        leaving: method === 'GET' ? leaving(ctx) : undefined,
      };
      const answer = await proxied.call(caller, said, header(ctx, 'x-inlay-credential'), call, now());
      ctx.status = answer.status;
      for (const name in answer.headers) ctx.res.setHeader(name, answer.headers[name] ?? '');
      ctx.res.setHeader('Cache-Control', 'no-store');
      ctx.body = answer.body;
    });
  }
  return router;
}

type Incoming = Pick<ProxiedCall, 'contentType' | 'contentLength'> & { bytes: ProxiedCall['body']; about: CallBody };

/** A form is passed on while it comes in; everything else is short, and read first. */
async function bodyOf(ctx: Context, { bodyCap, formCap }: ProxyRow, key: string | undefined): Promise<Incoming> {
  if (ctx.is('multipart/form-data')) {
    if (formCap === undefined) throw new Failure('media-type-refused', 'Send JSON.');
    const about = passBody(ctx, formCap, key !== undefined);
    return { about, bytes: about.bytes, contentType: ctx.get('Content-Type'), contentLength: ctx.request.length };
  }
  const bytes = await readBytes(ctx, bodyCap);
  return { about: { ready: true, fingerprint: async () => hash('sha256', bytes, 'base64url'), whole: () => true }, bytes };
}

/** A key that cannot be kept is refused rather than overlooked: whoever sends one relies on it. */
function keyGiven(ctx: Context): string | undefined {
  if (ctx.req.headers['idempotency-key'] === undefined) return undefined;
  const key = ctx.get('Idempotency-Key');
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new Failure('invalid-input', 'An Idempotency-Key is 1 to 255 visible ASCII characters.');
  return key;
}

/** A caller who leaves ends a call that changes nothing. */
const leaving = (ctx: Context) => (giveUp: () => void) => {
  if (ctx.res.destroyed) giveUp();
  else ctx.res.once('close', giveUp);
};

/**
 * A segment that means "here" or "up", however it is written, could lead the vendor to another of its paths; so could a slash inside of one
 * where there are paths below, which some servers then take it for. Only Kelviq's external ids are the caller's words and may hold one.
 */
function assertPlain(path: string, pattern: string): void {
  if (/^(?:\/[\w-]+)*\/?$/.test(path)) return;
  let segments: string[];
  try {
    segments = path.split('/').flatMap((segment) => decodeURIComponent(segment).split(/[/\\]/));
  } catch {
    throw new Failure('no-such-route');
  }
  if (!pattern.includes(':externalId') && segments.length > path.split('/').length) throw new Failure('no-such-route');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (segments.some((segment) => segment === '.' || segment === '..' || /[\u0000-\u001f]/.test(segment)))
    throw new Failure('no-such-route');
}
