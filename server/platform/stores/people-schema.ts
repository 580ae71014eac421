import { type RawBuilder, sql } from 'kysely';

/** Whose personal data can be forgotten. */
// biome-ignore lint/complexity/noBannedTypes: filled in next
export type PeopleTables = {};

export const peopleSchema: readonly RawBuilder<unknown>[] = [sql`select 1`];
