import type { Context } from 'koa';
import { type SentFile, sendFile } from '../../http/body/bytes.ts';

/** Sends a file of the vault. Bytes of it leave once `record` has written that down; asking for its length, or for what one has, is no reading. */
export async function sendRecorded(ctx: Context, file: SentFile, type: string, record: () => Promise<void>): Promise<void> {
  sendFile(ctx, file, type);
  if (ctx.method !== 'GET' || (ctx.status !== 200 && ctx.status !== 206)) return;
  try {
    await record();
  } catch (error) {
    for (const name of ['ETag', 'Accept-Ranges', 'Content-Range']) ctx.remove(name);
    throw error;
  }
}
