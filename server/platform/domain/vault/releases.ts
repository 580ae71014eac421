import { Failure } from '../../../../shared/problem.ts';
import { impossible, statusOf } from '../envelope/envelopes.ts';
import type { Files } from '../files/files.ts';
import type { Account } from '../records/account.ts';
import { authoritativeOf, type Envelope, hasLapsed, type KeptFile, type Release } from '../records/envelope.ts';
import type { Storage, Stores } from '../records/stores.ts';
import type { FileLinks } from './file-links.ts';

/** How long a frozen copy waits for its acknowledgement: 72 hours, in milliseconds. */
const patience = 72 * 3_600_000;

/** An envelope on its way out, or gone. */
export type Released = Envelope & { readonly release: Release };
export type Gone = Released & { readonly release: { readonly acknowledgedAt: number } };

export type Releases = ReturnType<typeof createReleases>;

interface Options {
  readonly storage: Storage;
  readonly files: Pick<Files, 'read'>;
  readonly links: Pick<FileLinks, 'urlOf'>;
}

/**
 * The vault's way out. The authoritative copy is frozen and handed over; it is destroyed here only when the receiver proves, by its hash, to have
 * it. So there is one at every moment: here, here and frozen, or there.
 */
export function createReleases({ storage, files, links }: Options) {
  const exportUrl = ({ accountId, id, release }: Released): string =>
    links.urlOf({ accountId, envelopeId: id, kind: 'export', expires: Math.floor(release.acknowledgeBy / 1000), nonce: null });

  return {
    /** Freezes the authoritative copy. Asked again while it is frozen, for the same recipient and reason, it answers the same. */
    async release(
      account: Account,
      id: string,
      asked: { reason: string; recipient: string },
      at: number,
    ): Promise<{ envelope: Released; url: string }> {
      const before = await envelopeOf(storage.read, account, id);
      // What cannot be handed over whole is not frozen.
      if (statusOf(before, at) === 'vaulted') await files.read(before, authoritativeOf(before), at);
      const envelope = await storage.transact((stores) => freeze(stores, account, id, asked, at));
      return { envelope, url: exportUrl(envelope) };
    },

    /** The receiver has the file with this hash: what is kept here is destroyed. Asked again it answers the same. */
    acknowledge: (account: Account, id: string, sha256: string, at: number): Promise<Gone> =>
      storage.transact((stores) => handOver(stores, account, id, sha256, at)),

    lapsed: (at: number, limit: number) => storage.read.vault.lapsed(at, limit),

    /** Writes down that a release lapsed; until then every reader compares with the clock. */
    lapse: ({ accountId, id }: Pick<Envelope, 'accountId' | 'id'>, at: number): Promise<void> =>
      storage.transact(async (stores) => {
        const envelope = await stores.envelopes.find(accountId, id);
        if (envelope) await unfrozen(stores, envelope, at);
      }),
  };
}

async function freeze(
  stores: Stores,
  account: Account,
  id: string,
  { reason, recipient }: { reason: string; recipient: string },
  at: number,
) {
  const envelope = await unfrozen(stores, await envelopeOf(stores, account, id), at);
  const { state, release: known } = envelope;
  if (state === 'released' && known?.reason === reason && known.recipient === recipient) return { ...envelope, release: known };
  if (state !== 'vaulted') throw impossible(envelope, statusOf(envelope, at), 'released');
  // In whole seconds, as the export's address is good for.
  const acknowledgeBy = Math.floor((at + patience) / 1000) * 1000;
  const release: Release = { at, reason, recipient, acknowledgeBy, acknowledgedAt: null };
  await stores.envelopes.move({ id, state }, { state: 'released', release, updatedAt: at });
  await record(stores, id, at, 'vault.released', `To ${recipient}: ${reason}`);
  return { ...envelope, state: 'released' as const, release };
}

async function handOver(stores: Stores, account: Account, id: string, sha256: string, at: number): Promise<Gone> {
  const envelope = await envelopeOf(stores, account, id);
  const { state, release } = envelope;
  const frozen = state === 'released' && !hasLapsed(envelope, at);
  if (!release || (state !== 'destroyed' && !frozen))
    throw new Failure('envelope-wrong-state', `The envelope is ${statusOf(envelope, at)}; there is no release to acknowledge.`);
  if (authoritativeOf(envelope).sha256 !== sha256) throw anotherFile();
  if (state === 'destroyed') return envelope as Gone;
  const acknowledged = { ...release, acknowledgedAt: at };
  await stores.envelopes.move(
    { id, state },
    { state: 'destroyed', release: acknowledged, controller: null, compliance: null, updatedAt: at },
  );
  await stores.vault.destroy(envelope);
  await record(stores, id, at, 'vault.acknowledged', sha256);
  return { ...envelope, state: 'destroyed', release: acknowledged };
}

/** The envelope as it is by the clock: a release that lapsed is written down first. */
async function unfrozen(stores: Stores, envelope: Envelope, at: number): Promise<Envelope> {
  if (!hasLapsed(envelope, at)) return envelope;
  const { id, state } = envelope;
  await stores.envelopes.move({ id, state }, { state: 'vaulted', updatedAt: at });
  await record(stores, id, at, 'vault.lapsed', null);
  return { ...envelope, state: 'vaulted', updatedAt: at };
}

async function envelopeOf(stores: Stores, account: Account, id: string): Promise<Envelope> {
  const envelope = await stores.envelopes.find(account.id, id);
  if (!envelope) throw new Failure('not-found', 'There is no such envelope.');
  return envelope;
}

const record = (stores: Stores, envelopeId: string, at: number, kind: string, detail: string | null): Promise<void> =>
  stores.envelopes.record({ envelopeId, at, kind, signerId: null, reached: null, detail });

const anotherFile = () =>
  new Failure('invalid-input', undefined, {
    errors: [{ pointer: '/sha256', code: 'another-file', message: 'is not the SHA-256 of the exported file; nothing was destroyed' }],
  });

/** Every file of the envelope, and what it is: for the tombstone, and for whoever deletes them. */
export function filesOfEnvelope(envelope: Envelope): { kind: 'authoritative' | 'document' | 'copy' | 'custody'; file: KeptFile }[] {
  const { document, sealed, copy, custody } = envelope;
  const kept = [
    { kind: 'authoritative', file: envelope.kind === 'paper' ? document : sealed },
    { kind: 'document', file: envelope.kind === 'paper' ? null : document },
    { kind: 'copy', file: copy },
    { kind: 'custody', file: custody },
  ] as const;
  return kept.flatMap(({ kind, file }) => (file ? [{ kind, file }] : []));
}
