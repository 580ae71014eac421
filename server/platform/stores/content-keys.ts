import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { SecretBox } from '../../storage/secret-box.ts';
import { decrypt, encrypt } from './cipher.ts';
import type { Tables } from './schema.ts';

/**
 * An envelope's files are encrypted under its content key; that is wrapped under the account's key, which the platform's key seals.
 * Destroying the wrapped key, or the account's, makes the files unreadable for ever, in every backup of the blobs too.
 */
export const contentKeys = (db: Kysely<Tables>, box: SecretBox) => {
  const about = (accountId: string) => ['wrapping-key', accountId];
  const bound = (accountId: string, envelopeId: string) => `content-key/${accountId}/${envelopeId}`;

  async function accountKey(accountId: string): Promise<Buffer | undefined> {
    const row = await db.selectFrom('wrapping_keys').select('box').where('account_id', '=', accountId).executeTakeFirst();
    return row && Buffer.from(box.open(row.box, about(accountId)), 'base64');
  }

  return {
    /** The content key as it is kept; makes the account's key with its first envelope. */
    async wrap(accountId: string, envelopeId: string, contentKey: Uint8Array): Promise<Buffer> {
      const known = await accountKey(accountId);
      const key = known ?? randomBytes(32);
      if (!known)
        await db
          .insertInto('wrapping_keys')
          .values({ account_id: accountId, box: box.seal(key.toString('base64'), about(accountId)) })
          .execute();
      return encrypt(key, contentKey, bound(accountId, envelopeId));
    },
    async open(envelopeId: string): Promise<Buffer> {
      const row = await db
        .selectFrom('envelopes')
        .select(['account_id', 'wrapped_key'])
        .where('id', '=', envelopeId)
        .executeTakeFirstOrThrow();
      const key = await accountKey(row.account_id);
      if (!key || !row.wrapped_key) throw new Error(`The key of ${envelopeId} is destroyed: its files cannot be read.`);
      return decrypt(key, row.wrapped_key, bound(row.account_id, envelopeId));
    },
  };
};
