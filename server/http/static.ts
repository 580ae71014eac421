import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'koa';

/** A built file and its brotli form, kept in memory: there are few and they are small. */
export interface Asset {
  readonly plain: Buffer;
  readonly brotli: Buffer | undefined;
  readonly type: string;
}

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
};

/** Every servable file under a folder, by its path in it. Reads once; names that are not asked for by exact path do not exist. */
export async function loadAssets(folder: string): Promise<Map<string, Asset>> {
  const names = await readdir(folder, { recursive: true });
  const assets = new Map<string, Asset>();
  for (const name of names) {
    const type = types[name.split('.').at(-1) ?? ''];
    if (!type) continue;
    const brotli = names.includes(`${name}.br`) ? await readFile(join(folder, `${name}.br`)) : undefined;
    assets.set(name, { plain: await readFile(join(folder, name)), brotli, type });
  }
  return assets;
}

/** Sends the smaller form where the caller takes it. */
export function sendAsset(ctx: Context, asset: Asset): void {
  const brotli = asset.brotli && ctx.acceptsEncodings('br', 'identity') === 'br' ? asset.brotli : undefined;
  ctx.vary('Accept-Encoding');
  if (brotli) ctx.set('Content-Encoding', 'br');
  ctx.type = asset.type;
  ctx.body = brotli ?? asset.plain;
}
