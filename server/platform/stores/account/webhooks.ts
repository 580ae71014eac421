import type { Kysely } from 'kysely';
import type { SecretBox } from '../../../storage/secret-box.ts';
import type { WebhookStore } from '../../domain/records/webhook.ts';
import type { Tables } from '../schema/schema.ts';

/** Where events are sent; each secret is sealed under its account. */
export const webhookBook = (db: Kysely<Tables>, box: SecretBox): WebhookStore => {
  const about = (accountId: string) => ['webhook-secret', accountId];
  return {
    async find(accountId) {
      const row = await db.selectFrom('webhooks').selectAll().where('account_id', '=', accountId).executeTakeFirst();
      return { url: row?.url ?? null, secret: row?.secret ? box.open(row.secret, about(accountId)) : null };
    },
    async put(accountId, { url, secret }, at) {
      const kept = { url, secret: secret === null ? null : box.seal(secret, about(accountId)), updated_at: at };
      await db
        .insertInto('webhooks')
        .values({ account_id: accountId, ...kept })
        .onConflict((c) => c.column('account_id').doUpdateSet(kept))
        .execute();
    },
  };
};
