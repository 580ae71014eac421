import type { Store } from './books.ts';

const limit = 100;

export type Expiry = ReturnType<typeof expiryOf>;

/** Writes down that open envelopes are past their time; until then every reader compares with the clock. */
export const expiryOf = (store: Store) => ({
  async expire(at: number): Promise<void> {
    for (const envelope of await store.read.envelopes.overdue(at, limit))
      await store.transact(async (books) => {
        const ended = { signerId: null, reason: null, at };
        if (!(await books.envelopes.move(envelope, { state: 'expired', ended, updatedAt: at }))) return;
        const event = { envelopeId: envelope.id, at, signerId: null, reached: null };
        await books.envelopes.record({ ...event, kind: 'envelope.expired', detail: null });
      });
  },
});
