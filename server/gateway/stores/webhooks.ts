import type { Kysely } from 'kysely';
import type { WebhookStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function webhookStore(db: Kysely<Tables>): WebhookStore {
  return {
    find: (partnerId, mode) =>
      db.selectFrom('webhook').selectAll().where('partnerId', '=', partnerId).where('mode', '=', mode).executeTakeFirst(),
    async put(row) {
      await db
        .insertInto('webhook')
        .values(row)
        .onConflict((c) => c.columns(['partnerId', 'mode']).doUpdateSet({ url: row.url, secret: row.secret, updatedAt: row.updatedAt }))
        .execute();
    },
  };
}
