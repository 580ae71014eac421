import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'koa';

/** A built file and its brotli form, kept in memory: there are few and they are small. */
export interface Asset {
  readonly plain: Buffer;
  readonly brotli: Buffer | undefined;
  readonly type: string;
  /** Of the plain bytes (RFC 9110 section 8.8.3). */
  readonly etag: string;
}

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
  // What pdf.js fetches by itself.
  bcmap: 'application/octet-stream',
  pfb: 'application/octet-stream',
  ttf: 'font/ttf',
};

/** Every servable file under a folder, by its path in it. Reads once; names that are not asked for by exact path do not exist. */
export async function loadAssets(folder: string): Promise<Map<string, Asset>> {
  const names = new Set(await readdir(folder, { recursive: true }));
  const load = async (name: string): Promise<[string, Asset][]> => {
    const type = types[name.split('.').at(-1) ?? ''];
    if (!type) return [];
    const compressed = names.has(`${name}.br`) ? readFile(join(folder, `${name}.br`)) : undefined;
    const [plain, brotli] = await Promise.all([readFile(join(folder, name)), compressed]);
    return [[name, { plain, brotli, type, etag: createHash('sha256').update(plain).digest('base64url').slice(0, 22) }]];
  };
  return new Map((await Promise.all([...names].map(load))).flat());
}

/** Sends the smaller form where the caller takes it, and nothing where the caller has it already. */
export function sendAsset(ctx: Context, asset: Asset): void {
  const brotli = asset.brotli && ctx.acceptsEncodings('br', 'identity') === 'br' ? asset.brotli : undefined;
  ctx.vary('Accept-Encoding');
  if (brotli) ctx.set('Content-Encoding', 'br');
  ctx.type = asset.type;
  ctx.etag = brotli ? `${asset.etag}-br` : asset.etag;
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.body = brotli ?? asset.plain;
}
