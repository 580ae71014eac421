import type { WebhookPatch } from '../../../../shared/webhook-endpoint.ts';
import type { Account } from '../records/account.ts';
import type { Storage } from '../records/stores.ts';
import type { Webhook } from '../records/webhook.ts';

export type Webhooks = ReturnType<typeof createWebhooks>;

export const createWebhooks = (storage: Storage) => ({
  /** What is left out stays, null clears. */
  async change(account: Account, patch: WebhookPatch, at: number): Promise<Webhook> {
    return storage.transact(async (stores) => {
      const now = await stores.webhooks.find(account.id);
      const { webhook_url: url = now.url, webhook_secret: secret = now.secret } = patch;
      await stores.webhooks.put(account.id, { url, secret }, at);
      return { url, secret };
    });
  },
});
