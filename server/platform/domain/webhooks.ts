import type { WebhookPatch } from '../../../shared/webhook.ts';
import type { Account, Store } from './books.ts';

/** Where an account's events are sent, and what signs them. */
export interface Webhook {
  readonly url: string | null;
  readonly secret: string | null;
}

/** What the platform keeps of it, by account. */
export interface WebhookBook {
  find(accountId: string): Promise<Webhook>;
  put(accountId: string, webhook: Webhook, at: number): Promise<void>;
}

export type Webhooks = ReturnType<typeof webhooksOf>;

export const webhooksOf = (store: Store) => ({
  /** What is left out stays, null clears. */
  async change(account: Account, patch: WebhookPatch, at: number): Promise<Webhook> {
    return store.transact(async (books) => {
      const now = await books.webhooks.find(account.id);
      const { webhook_url: url = now.url, webhook_secret: secret = now.secret } = patch;
      await books.webhooks.put(account.id, { url, secret }, at);
      return { url, secret };
    });
  },
});
