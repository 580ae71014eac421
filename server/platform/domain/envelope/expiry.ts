import type { Links } from '../notices/links.ts';
import { announceExpiry } from '../notices/signing-mail.ts';
import type { Envelope } from '../records/envelope.ts';
import type { Storage } from '../records/stores.ts';

export type Expiry = ReturnType<typeof createExpiry>;

/** Writes down that open envelopes are past their time, and tells who was asked; until then every reader compares with the clock. */
export const createExpiry = (storage: Storage, links: Links) => ({
  due: (at: number, limit: number): Promise<Envelope[]> => storage.read.envelopes.overdue(at, limit),

  expire: (envelope: Envelope, at: number): Promise<void> =>
    storage.transact(async (stores) => {
      const ended = { signerId: null, reason: null, at };
      if (!(await stores.envelopes.move(envelope, { state: 'expired', ended, updatedAt: at }))) return;
      const event = { envelopeId: envelope.id, at, signerId: null, reached: null };
      await stores.envelopes.record({ ...event, kind: 'envelope.expired', detail: null });
      const { name: sender } = await stores.accounts.get(envelope.accountId);
      await announceExpiry(stores, links, { envelope, sender, signers: await stores.envelopes.signers(envelope.id) }, at);
    }),
});
