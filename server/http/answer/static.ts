import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
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
  txt: 'text/plain; charset=utf-8',
};

/** Files that are read at once, each with its brotli form: there may be few descriptors. */
const atOnce = 16;

/** The servable files under a folder, by their paths in it; names that are not asked for by exact path do not exist. */
export interface Assets {
  find(name: string): Promise<Asset | undefined>;
}

/** How long after the start they are read, in milliseconds, if nobody has asked for one before. */
const later = 1_000;

/** The package for partners, unpacked: nobody is sent its files one by one. */
const unserved = 'npm';

/** All are read together, and once: a later build must not mix with this one. They are megabytes, so a start does not wait for them. Error where there is no folder. */
export function openAssets(folder: string): Assets {
  const names = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.split(sep)[0] !== unserved));
  let reading: Promise<Map<string, Asset>> | undefined;
  const all = () => {
    reading ??= readAll(folder, names).catch((error: unknown) => {
      // Whoever asks next tries again.
      reading = undefined;
      throw error;
    });
    return reading;
  };
  setTimeout(() => all().catch(() => {}), later).unref();
  return { find: async (name) => (await all()).get(name) };
}

async function readAll(folder: string, names: ReadonlySet<string>): Promise<Map<string, Asset>> {
  const load = async (name: string): Promise<[string, Asset][]> => {
    const type = types[name.split('.').at(-1) ?? ''];
    if (!type) return [];
    const compressed = names.has(`${name}.br`) ? readFile(join(folder, `${name}.br`)) : undefined;
    const [plain, brotli] = await Promise.all([readFile(join(folder, name)), compressed]);
    return [[name, { plain, brotli, type, etag: createHash('sha256').update(plain).digest('base64url').slice(0, 22) }]];
  };
  const assets = new Map<string, Asset>();
  const left = [...names];
  const read = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop())
      for (const [path, asset] of await load(name)) assets.set(path, asset);
  };
  await Promise.all(Array.from({ length: atOnce }, read));
  return assets;
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
