import type { Readable } from 'node:stream';
import type { Context } from 'koa';

/** A file that is given out whole or in part, as fast as it is taken. `sha256` (hex) of its bytes is its entity tag. */
export interface SentFile {
  readonly size: number;
  readonly sha256: string;
  /** Its bytes from `first` to `last`, both counted from 0 and included. */
  read(first: number, last: number): Readable;
}

/**
 * Sends a file, or the one range of it that is asked for (RFC 9110 section 14); several ranges are answered with the whole, as the RFC
 * allows. Nothing is sent to a caller who has it already, and nothing of it is to be stored on the way.
 */
export function sendFile(ctx: Context, file: SentFile, type: string): void {
  const { size, sha256 } = file;
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Accept-Ranges', 'bytes');
  ctx.etag = `"${sha256}"`;
  ctx.type = type;
  ctx.status = 200;
  // Not by ctx.fresh: a script that sends the tag by fetch sends "no-cache" along with it (Fetch standard), which says nothing to an origin.
  if (has(ctx.get('If-None-Match'), sha256)) {
    ctx.status = 304;
    return;
  }
  const stale = ctx.get('If-Range') !== '' && ctx.get('If-Range') !== `"${sha256}"`;
  const range = stale || ctx.method !== 'GET' ? undefined : rangeOf(ctx.get('Range'), size);
  if (range === 'none') {
    ctx.status = 416;
    ctx.set('Content-Range', `bytes */${size}`);
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = `The file has ${size} bytes.\n`;
    return;
  }
  if (range) {
    ctx.status = 206;
    ctx.set('Content-Range', `bytes ${range.first}-${range.last}/${size}`);
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  if (ctx.method !== 'HEAD') ctx.body = file.read(first, last);
  ctx.length = last - first + 1;
}

const has = (tags: string, sha256: string): boolean => tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${sha256}"`);

/** First and last byte, both counted from 0 and included; `none` when the file has no such bytes; nothing when there is no single range. */
function rangeOf(header: string, size: number): { first: number; last: number } | 'none' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') return Number(to) > 0 && size > 0 ? { first: Math.max(0, size - Number(to)), last: size - 1 } : 'none';
  if (to !== '' && Number(to) < Number(from)) return undefined;
  return Number(from) < size ? { first: Number(from), last: to === '' ? size - 1 : Math.min(Number(to), size - 1) } : 'none';
}
