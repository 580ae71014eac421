import type { Kysely } from 'kysely';
import { type LoyvaScope, loyvaScopes } from '../../../../shared/vendors/loyva.ts';
import type { Stores } from '../../domain/records/stores.ts';
import type { Tables } from '../schema/schema.ts';

export const accountBook = (db: Kysely<Tables>): Stores['accounts'] => ({
  byName: (name) => db.selectFrom('accounts').select(['id', 'name']).where('name', '=', name).executeTakeFirst(),
  get: (id) => db.selectFrom('accounts').select(['id', 'name']).where('id', '=', id).executeTakeFirstOrThrow(),
  byKey: (dialect, hash) =>
    db
      .selectFrom('account_keys')
      .innerJoin('accounts', 'accounts.id', 'account_keys.account_id')
      .select(['accounts.id', 'accounts.name', 'account_keys.scopes', 'account_keys.rate_limit'])
      .where('account_keys.dialect', '=', dialect)
      .where('account_keys.hash', '=', hash)
      .executeTakeFirst()
      .then((row) => row && { id: row.id, name: row.name, scopes: readScopes(row.scopes), rateLimit: row.rate_limit }),
  async add(account, at) {
    await db
      .insertInto('accounts')
      .values({ ...account, created_at: at })
      .execute();
  },
  async setKey(accountId, dialect, { hash, scopes, rateLimit }, at) {
    const key = { hash, scopes: JSON.stringify(scopes), rate_limit: rateLimit, created_at: at };
    await db
      .insertInto('account_keys')
      .values({ account_id: accountId, dialect, ...key })
      .onConflict((c) => c.columns(['account_id', 'dialect']).doUpdateSet(key))
      .execute();
  },
  async rateLimit(accountId, dialect) {
    const of = db.selectFrom('account_keys').select('rate_limit').where('account_id', '=', accountId).where('dialect', '=', dialect);
    return (await of.executeTakeFirstOrThrow()).rate_limit;
  },
});

/** Keys from before scopes have all of them. */
const readScopes = (text: string | null): readonly LoyvaScope[] => (text === null ? loyvaScopes : (JSON.parse(text) as LoyvaScope[]));
