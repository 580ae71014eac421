import type { WebhookPatch } from '../../../../shared/webhook-endpoint.ts';
import type { Box, Storage, Webhook } from '../records/ports.ts';
import type { Caller } from './callers.ts';

interface Options {
  storage: Storage;
  box: Box;
}

type Endpoint = Pick<Webhook, 'partnerId' | 'mode'>;

/** What the secret's box is bound to. */
const about = ({ partnerId, mode }: Endpoint): string[] => ['webhook', partnerId, mode];

/** Where a partner's own events go. The vendor never learns of it: its events come to the gateway. */
export function createWebhooks({ storage, box }: Options) {
  return {
    /** What is left out stays, null clears. */
    async set({ partner, keyId, mode }: Caller, { webhook_url: url, webhook_secret: secret }: WebhookPatch, at: number): Promise<Webhook> {
      const endpoint: Endpoint = { partnerId: partner.id, mode };
      const sealed = typeof secret === 'string' ? box.seal(secret, about(endpoint)) : secret;
      return storage.transact(async (stores) => {
        const kept = await stores.webhooks.find(partner.id, mode);
        const row: Webhook = {
          ...endpoint,
          url: url === undefined ? (kept?.url ?? null) : url,
          secret: sealed === undefined ? (kept?.secret ?? null) : sealed,
          updatedAt: at,
        };
        await stores.webhooks.put(row);
        const told = { mode, url: changeOf(url), secret: changeOf(secret) };
        await stores.record({ kind: 'webhook.set', at, partner: partner.id, actor: keyId, about: told });
        return row;
      });
    },
  };
}
export type Webhooks = ReturnType<typeof createWebhooks>;

/** The log names no address: it may hold a secret of the partner's. */
const changeOf = (value: string | null | undefined): string => (value === undefined ? 'kept' : value === null ? 'cleared' : 'set');
