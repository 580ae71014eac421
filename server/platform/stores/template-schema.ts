import { type RawBuilder, sql } from 'kysely';

/** Templates, and where a key's events are sent. */
// biome-ignore lint/complexity/noBannedTypes: filled in next
export type TemplateTables = {};

export const templateSchema: readonly RawBuilder<unknown>[] = [sql`select 1`];
