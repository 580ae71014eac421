/** Where an account's events are sent, and what signs them. */
export interface Webhook {
  readonly url: string | null;
  readonly secret: string | null;
}

/** What the platform keeps of it, by account. */
export interface WebhookStore {
  find(accountId: string): Promise<Webhook>;
  put(accountId: string, webhook: Webhook, at: number): Promise<void>;
}
