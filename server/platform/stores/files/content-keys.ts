import type { Kysely } from 'kysely';
import type { SecretBox } from '../../../storage/secret-box.ts';
import { accountKeys } from '../account/keys.ts';
import type { Tables } from '../schema/schema.ts';
import { decrypt, encrypt } from './cipher.ts';

/**
 * The files of an envelope, or of a template, are encrypted under its content key; that is wrapped under the account's key, which the
 * platform's key seals. Destroying the wrapped key, or the account's, makes the files unreadable for ever, in every backup of the blobs too.
 */
export const contentKeys = (db: Kysely<Tables>, box: SecretBox) => {
  const accounts = accountKeys(db, box);
  const bound = (accountId: string, id: string) => `content-key/${accountId}/${id}`;

  async function unwrap(accountId: string, id: string, wrapped: Uint8Array | null): Promise<Buffer> {
    const key = await accounts.find(accountId);
    if (!key || !wrapped) throw new Error(`The key of ${id} is destroyed: its files cannot be read.`);
    return decrypt(key, wrapped, bound(accountId, id));
  }

  return {
    /** The content key as it is kept. */
    wrap: async (accountId: string, id: string, contentKey: Uint8Array): Promise<Buffer> =>
      encrypt(await accounts.make(accountId), contentKey, bound(accountId, id)),
    /** The content key of an envelope or a template, from how it is kept. */
    unwrap,
    async open(envelopeId: string): Promise<Buffer> {
      const row = await db
        .selectFrom('envelopes')
        .select(['account_id', 'wrapped_key'])
        .where('id', '=', envelopeId)
        .executeTakeFirstOrThrow();
      return unwrap(row.account_id, envelopeId, row.wrapped_key);
    },
  };
};
