import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { SecretBox } from '../../../storage/secret-box.ts';
import type { Tables } from '../schema/schema.ts';

const about = (accountId: string) => ['wrapping-key', accountId];

/** An account's key of 32 bytes, sealed by the platform's: it wraps the keys of its envelopes and of its people. */
export const accountKeys = (db: Kysely<Tables>, box: SecretBox) => {
  const find = async (accountId: string): Promise<Buffer | undefined> => {
    const row = await db.selectFrom('wrapping_keys').select('box').where('account_id', '=', accountId).executeTakeFirst();
    return row && Buffer.from(box.open(row.box, about(accountId)), 'base64');
  };
  return {
    /** Nothing where the account has none, or where it was destroyed. */
    find,
    /** Makes it with the account's first envelope. */
    async make(accountId: string): Promise<Buffer> {
      const known = await find(accountId);
      const key = known ?? randomBytes(32);
      if (!known)
        await db
          .insertInto('wrapping_keys')
          .values({ account_id: accountId, box: box.seal(key.toString('base64'), about(accountId)) })
          .execute();
      return key;
    },
  };
};
