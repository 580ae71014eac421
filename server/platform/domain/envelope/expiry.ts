import type { Links } from '../notices/links.ts';
import { announceExpiry } from '../notices/signing-mail.ts';
import type { Envelope } from '../records/envelope.ts';
import type { Store } from '../records/stores.ts';

export type Expiry = ReturnType<typeof expiryOf>;

/** Writes down that open envelopes are past their time, and tells who was asked; until then every reader compares with the clock. */
export const expiryOf = (store: Store, links: Links) => ({
  due: (at: number, limit: number): Promise<Envelope[]> => store.read.envelopes.overdue(at, limit),

  expire: (envelope: Envelope, at: number): Promise<void> =>
    store.transact(async (books) => {
      const ended = { signerId: null, reason: null, at };
      if (!(await books.envelopes.move(envelope, { state: 'expired', ended, updatedAt: at }))) return;
      const event = { envelopeId: envelope.id, at, signerId: null, reached: null };
      await books.envelopes.record({ ...event, kind: 'envelope.expired', detail: null });
      const { name: sender } = await books.accounts.get(envelope.accountId);
      await announceExpiry(books, links, { envelope, sender, signers: await books.envelopes.signers(envelope.id) }, at);
    }),
});
