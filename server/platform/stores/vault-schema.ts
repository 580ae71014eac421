import { type RawBuilder, sql } from 'kysely';

/** Signed addresses that were good once. */
// biome-ignore lint/complexity/noBannedTypes: filled in next
export type VaultTables = {};

export const vaultSchema: readonly RawBuilder<unknown>[] = [sql`select 1`];
