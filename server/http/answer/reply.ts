import type { Context } from 'koa';
import type { z } from 'zod/mini';

/** Answers with the value as its schema lists it: what the schema does not name does not leave. Instants are kept, never cached. */
export function reply<T>(ctx: Context, status: number, schema: z.ZodMiniType<T>, value: T): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  json(ctx, schema.parse(value));
}

/** Answers with a value as JSON. Koa would ask of an object first whether it is a `Response`, for which Node loads its whole fetch. */
export function json(ctx: Context, value: unknown): void {
  if (!/\bjson\b/.test(ctx.type)) ctx.type = 'json';
  ctx.body = JSON.stringify(value);
}

/** An instant as every answer writes it: ISO 8601, UTC, milliseconds. */
export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
