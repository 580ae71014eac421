import type { Kysely } from 'kysely';
import { StartRefused } from '../../storage/refused.ts';
import type { FileTables } from './tables.ts';

/** The database is written under one key, which the first start notes. StartRefused under another. */
export async function assertMasterKey(db: Kysely<FileTables>, keyId: string): Promise<void> {
  const kept = await db.selectFrom('master_key').select('key_id').executeTakeFirst();
  if (!kept) await db.insertInto('master_key').values({ key_id: keyId }).execute();
  else if (kept.key_id !== keyId) throw new StartRefused('INLAY_MASTER_KEY is not the key that this gateway.db was written under.');
}
