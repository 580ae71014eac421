import type { EnvelopeStatus } from '../../../../shared/vendors/loyva.ts';

/**
 * What an envelope is and how it moves. `finishing` is ours: everybody has signed and the file is being sealed; the vendor API says `viewed`
 * until the transaction that records the sealed file makes it `completed`. `destroyed` is ours too: the receiver has acknowledged the released
 * copy and the content key is gone; the vendor API goes on saying `released`.
 */
export type EnvelopeState = EnvelopeStatus | 'finishing' | 'destroyed';

/** Every move there is: from, and where to. What is not here is a 409 that says both. */
export const moves: Readonly<Record<EnvelopeState, readonly EnvelopeState[]>> = {
  pending: ['uploaded', 'voided', 'expired'],
  uploaded: ['vaulted', 'voided'],
  preparing: ['sent', 'voided'],
  sent: ['viewed', 'finishing', 'declined', 'voided', 'expired'],
  viewed: ['finishing', 'declined', 'voided', 'expired'],
  finishing: ['completed'],
  completed: ['vaulted'],
  vaulted: ['released'],
  released: ['vaulted', 'destroyed'],
  destroyed: [],
  declined: [],
  voided: [],
  expired: [],
};
