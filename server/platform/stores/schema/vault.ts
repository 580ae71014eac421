import { type RawBuilder, sql } from 'kysely';

/** What the vault keeps beside the envelopes. */
export interface VaultTables {
  /** Signed addresses that were good for one reading, and were read; kept until nobody could use them any more. */
  spent_links: { nonce: string; expires_at: number };
  /** Files whose keys are destroyed, until they are deleted. */
  doomed_files: { address: string };
}

export const vaultSchema: readonly RawBuilder<unknown>[] = [
  sql`create table spent_links (nonce text primary key, expires_at integer not null) strict`,
  sql`create index spent_links_over on spent_links (expires_at)`,
  sql`create table doomed_files (address text primary key) strict`,
];
