import { authoritativeOf, type Envelope, type EnvelopeEvent, type Signer } from '../records/envelope.ts';
import type { Storage } from '../records/stores.ts';

/** What the vault tells of an envelope that came into it: also of one that has left. */
export interface Custody {
  readonly documentHash: string;
  readonly storedAt: number | null;
  /** Nobody, once the copy has left. */
  readonly controller: { readonly id: string; readonly name: string } | null;
  /** The newest first. */
  readonly access: readonly Access[];
}

/**
 * One line of the vault's record. `by`: the e-mail of the signer who read, or of who read in the partner's name; the mark of the key that
 * asked; or the address of whoever read; null for the platform's own acts.
 */
export interface Access {
  readonly at: number;
  readonly kind: string;
  readonly detail: string | null;
  readonly by: string | null;
}

const newest = 100;

export const createCustody =
  (storage: Storage) =>
  async (envelope: Envelope): Promise<Custody | null> => {
    const { id, controller, vaultedAt } = envelope;
    if (vaultedAt === null) return null;
    const party = controller === null ? null : await storage.read.accounts.get(controller);
    const signers = await storage.read.envelopes.signers(id);
    return {
      documentHash: authoritativeOf(envelope).sha256,
      storedAt: vaultedAt,
      controller: party && { id: party.id, name: party.name },
      access: (await storage.read.envelopes.access(id, newest)).map((event) => accessOf(event, signers)),
    };
  };

/** Of what was asked for or read the detail is the file's kind, and then who, where that is more than an address. */
function accessOf({ at, kind, detail, reached, signerId, ...event }: EnvelopeEvent, signers: readonly Signer[]): Access {
  const by = event.by ?? signers.find(({ id }) => id === signerId)?.email ?? null;
  if (detail === null || (kind !== 'vault.linked' && kind !== 'vault.read')) return { at, kind, detail, by };
  const [file = '', ...who] = detail.split(' ');
  return { at, kind, detail: file, by: by ?? (who.join(' ') || (reached?.address ?? null)) };
}
