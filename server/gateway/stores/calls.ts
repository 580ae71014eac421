import { type Kysely, sql } from 'kysely';
import { purgeSome } from '../../storage/purge.ts';
import type { KeptCallStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function keptCallStore(db: Kysely<Tables>): KeptCallStore {
  const all = db.selectFrom('keptCall').selectAll();
  return {
    async claim(row) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('keptCall')
        .values(row)
        .onConflict((c) => c.columns(['scope', 'key']).doNothing())
        .executeTakeFirstOrThrow();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    find: (scope, key) => all.where('scope', '=', scope).where('key', '=', key).executeTakeFirst(),
    async settle({ scope, key }, change) {
      const { numUpdatedRows } = await db
        .updateTable('keptCall')
        .set(change)
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('state', '=', 'running')
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    async release({ scope, key }) {
      await db.deleteFrom('keptCall').where('scope', '=', scope).where('key', '=', key).execute();
    },
    interrupted: () => all.where('state', '=', sql.lit('running')).execute(),
    purge: (before) => purgeSome(db, { table: 'keptCall', key: ['scope', 'key'], age: 'at', before }),
  };
}
