import type { Kysely } from 'kysely';
import type { SecretBox } from '../../storage/secret-box.ts';
import type { Stores } from '../domain/records/stores.ts';
import type { Tables } from './schema/schema.ts';

/** The platform's own secrets, each sealed under its name. */
export const secretBook = (db: Kysely<Tables>, box: SecretBox): Stores['secrets'] => {
  const about = (name: string) => ['kept-secret', name];
  const find = async (name: string) => {
    const row = await db.selectFrom('kept_secret').select('box').where('name', '=', name).executeTakeFirst();
    return row && box.open(row.box, about(name));
  };
  return {
    find,
    async keep(name, secret) {
      await db
        .insertInto('kept_secret')
        .values({ name, box: box.seal(secret, about(name)) })
        .onConflict((c) => c.column('name').doNothing())
        .execute();
      return (await find(name)) ?? secret;
    },
    async replace(name, seen, secret) {
      if ((await find(name)) !== seen) return false;
      const sealed = box.seal(secret, about(name));
      await db
        .insertInto('kept_secret')
        .values({ name, box: sealed })
        .onConflict((c) => c.column('name').doUpdateSet({ box: sealed }))
        .execute();
      return true;
    },
  };
};
