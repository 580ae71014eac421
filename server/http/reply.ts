import type { Context } from 'koa';
import type { z } from 'zod/mini';

/** Answers with the value as its schema lists it: what the schema does not name does not leave. Instants are kept, never cached. */
export function reply<T>(ctx: Context, status: number, schema: z.ZodMiniType<T>, value: T): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = schema.parse(value);
}

/** An instant as every answer writes it: ISO 8601, UTC, milliseconds. */
export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
