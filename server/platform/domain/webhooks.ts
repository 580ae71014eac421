import { Failure } from '../../../shared/problem.ts';
import { type WebhookPatch, webhookFault } from '../../../shared/webhook.ts';
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

/** `allowed`: exact origins that may be called although they are not public. */
export const webhooksOf = (store: Store, allowed: readonly string[]) => ({
  /** What is left out stays, null clears. Failure `invalid-input`. */
  async change(account: Account, patch: WebhookPatch, at: number): Promise<Webhook> {
    const message = typeof patch.webhook_url === 'string' ? webhookFault(patch.webhook_url, allowed) : undefined;
    if (message !== undefined)
      throw new Failure('invalid-input', undefined, { errors: [{ pointer: '/webhook_url', code: 'not-allowed', message }] });
    return store.transact(async (books) => {
      const now = await books.webhooks.find(account.id);
      const { webhook_url: url = now.url, webhook_secret: secret = now.secret } = patch;
      await books.webhooks.put(account.id, { url, secret }, at);
      return { url, secret };
    });
  },
});
