import { type RawBuilder, sql } from 'kysely';

/** Subscribr: a team for every organization, and its tokens. */
// biome-ignore lint/complexity/noBannedTypes: filled in next
export type TeamTables = {};

export const teamSchema: readonly RawBuilder<unknown>[] = [sql`select 1`];
