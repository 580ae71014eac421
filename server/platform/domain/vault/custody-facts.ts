import type { CustodyFacts, Finished } from '../files/documents.ts';
import type { Account } from '../records/account.ts';
import { authoritativeOf, documentOf, type Envelope, type EnvelopeEvent, type Signer } from '../records/envelope.ts';
import { historyOf } from '../sealing/facts.ts';

/** An envelope as it goes into the vault. */
export interface Entry {
  readonly envelope: Envelope;
  readonly controller: Account;
  readonly signers: readonly Signer[];
  readonly events: readonly EnvelopeEvent[];
  readonly copy: Pick<Finished, 'sha256'> & { readonly size: number };
  readonly vaultedAt: number;
}

/** What the custody record tells: all that is known when the envelope goes into the vault. */
export function custodyFactsOf({ envelope, controller, signers, events, copy, vaultedAt }: Entry): CustodyFacts {
  const { sha256, size } = authoritativeOf(envelope);
  // A record that is made late tells no more than one in time.
  const stored = events.findIndex(({ kind }) => kind === 'vault.stored');
  const until = stored < 0 ? events : events.slice(0, stored);
  return {
    envelope: {
      id: envelope.id,
      name: envelope.name,
      locale: envelope.locale,
      customer_id: envelope.customerId,
      created_at: iso(envelope.createdAt),
    },
    vaulted_at: iso(vaultedAt),
    origin: envelope.kind,
    authoritative: { sha256, size, pages: documentOf(envelope).pages.length },
    copy: { sha256: copy.sha256, size: copy.size },
    controller: { id: controller.id, name: controller.name },
    signers: signers.flatMap(({ name, email, role, signedAt }) =>
      signedAt === null ? [] : [{ name, email, role, signed_at: iso(signedAt) }],
    ),
    events: historyOf(until, { sender: controller.name, signers }),
  };
}

/** What the seal of a copy says of it. */
export const copyReason = (id: string, sha256: string): string => `Copy of ${id}; the authoritative file has the SHA-256 ${sha256}`;

const iso = (at: number): string => new Date(at).toISOString();
