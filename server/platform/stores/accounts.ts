import type { Kysely } from 'kysely';
import type { Books } from '../domain/books.ts';
import type { Tables } from './schema.ts';

export const accountBook = (db: Kysely<Tables>): Books['accounts'] => ({
  byName: (name) => db.selectFrom('accounts').select(['id', 'name']).where('name', '=', name).executeTakeFirst(),
  get: (id) => db.selectFrom('accounts').select(['id', 'name']).where('id', '=', id).executeTakeFirstOrThrow(),
  byKey: (dialect, hash) =>
    db
      .selectFrom('account_keys')
      .innerJoin('accounts', 'accounts.id', 'account_keys.account_id')
      .select(['accounts.id', 'accounts.name'])
      .where('account_keys.dialect', '=', dialect)
      .where('account_keys.hash', '=', hash)
      .executeTakeFirst(),
  async add(account, at) {
    await db
      .insertInto('accounts')
      .values({ ...account, created_at: at })
      .execute();
  },
  async setKey(accountId, dialect, hash, at) {
    await db
      .insertInto('account_keys')
      .values({ account_id: accountId, dialect, hash, created_at: at })
      .onConflict((c) => c.columns(['account_id', 'dialect']).doUpdateSet({ hash, created_at: at }))
      .execute();
  },
});
