import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { newId } from '../../../../shared/ids.ts';
import type { SecretBox } from '../../../storage/secret-box.ts';
import type { Person } from '../../domain/records/people.ts';
import { ownerKey } from '../../domain/records/people.ts';
import { accountKeys } from '../account/keys.ts';
import { decrypt, encrypt } from '../files/cipher.ts';
import type { Tables } from '../schema/schema.ts';

/** People and their keys of 32 bytes, each wrapped under its account's: destroying one forgets one person, destroying the account's all of them. */
export const peopleKeys = (db: Kysely<Tables>, box: SecretBox) => {
  const accounts = accountKeys(db, box);
  const wrapping = (id: string) => `person-key/${id}`;
  const contact = (id: string) => `person-contact/${id}`;
  const living = (accountId: string) => db.selectFrom('people').where('account_id', '=', accountId).where('wrapped_key', 'is not', null);
  const mark = (accountId: string, email: string) => box.fingerprint(`person/${accountId}/${ownerKey(email)}`);

  async function add(accountId: string, email: string, at: number): Promise<Person> {
    const [id, key] = [newId('person'), randomBytes(32)];
    const row = {
      id,
      account_id: accountId,
      mark: mark(accountId, email),
      wrapped_key: encrypt(await accounts.make(accountId), key, wrapping(id)),
      contact: encrypt(key, Buffer.from(email), contact(id)),
      created_at: at,
    };
    await db.insertInto('people').values(row).execute();
    return { id, email };
  }

  async function keyOf(accountId: string, id: string): Promise<Buffer | undefined> {
    const row = await living(accountId).select('wrapped_key').where('id', '=', id).executeTakeFirst();
    const key = await accounts.find(accountId);
    return key && row?.wrapped_key ? decrypt(key, row.wrapped_key, wrapping(id)) : undefined;
  }

  return {
    mark,
    /** Nothing once the person is forgotten, or the account's key is destroyed. */
    keyOf,
    accountKeyOf: accounts.find,
    async meet(accountId: string, email: string, at: number): Promise<Person> {
      const known = await living(accountId).select('id').where('mark', '=', mark(accountId, email)).executeTakeFirst();
      return known ? { id: known.id, email } : add(accountId, email, at);
    },
    async find(accountId: string, id: string): Promise<Person | undefined> {
      const row = await living(accountId).select('contact').where('id', '=', id).executeTakeFirst();
      const key = await keyOf(accountId, id);
      return key && row?.contact ? { id, email: decrypt(key, row.contact, contact(id)).toString() } : undefined;
    },
  };
};
