import { Failure } from '../../../shared/problem.ts';
import type { Account, Store } from './books.ts';
import type { Documents } from './documents.ts';
import type { Envelope, Vessel } from './envelope.ts';
import { impossible, statusOf } from './envelopes.ts';
import { type FileKind, type FileLink, type Files, fileOf } from './files.ts';

export type Vault = ReturnType<typeof vaultOf>;

/** What has been signed and sealed is taken into the vault: the sealed file as it is, and a copy that says so. */
export function vaultOf(options: { store: Store; vessel: Vessel; documents: Pick<Documents, 'copy'>; files: Files; now: () => number }) {
  const { store, vessel, documents, files, now } = options;
  /** Vaulting under way, by envelope: who asks twice at once waits for the same copy. */
  const underWay = new Map<string, Promise<Envelope>>();

  const again = async ({ accountId, id }: Envelope): Promise<Envelope> => {
    const found = await store.read.envelopes.find(accountId, id);
    if (!found) throw new Failure('not-found');
    return found;
  };

  async function makeCopy(envelope: Envelope, at: number) {
    if (!envelope.sealed) throw new Error(`${envelope.id} is completed without a sealed file.`);
    const sealed = await files.read(envelope, envelope.sealed, at);
    const holder = await store.read.accounts.get(envelope.accountId);
    const { bytes } = await documents.copy({
      sealed,
      sealedSha256: envelope.sealed.sha256,
      watermark: `Copy of ${envelope.id}, authoritative copy held by ${holder.name}`,
      reason: `Copy of ${envelope.id}; the authoritative file has the SHA-256 ${envelope.sealed.sha256}`,
    });
    return vessel.put(await store.read.envelopes.contentKey(envelope.id), bytes);
  }

  async function take(envelope: Envelope): Promise<Envelope> {
    const copy = await makeCopy(envelope, now());
    const at = now();
    await store.transact(async (books) => {
      const change = { state: 'vaulted', copy, controller: envelope.accountId, vaultedAt: at, updatedAt: at } as const;
      // Another process was first: then its copy is the one.
      if (!(await books.envelopes.move({ id: envelope.id, state: 'completed' }, change))) return;
      await books.envelopes.record({
        envelopeId: envelope.id,
        at,
        kind: 'vault.stored',
        signerId: null,
        reached: null,
        detail: copy.sha256,
      });
    });
    return again(envelope);
  }

  /** Vaults a completed envelope; a vaulted one is given back as it is. Killed anywhere, it can be asked again. */
  async function vault(envelope: Envelope): Promise<Envelope> {
    if (envelope.state === 'vaulted') return envelope;
    if (envelope.state !== 'completed') throw impossible(envelope, statusOf(envelope, now()), 'vaulted');
    const running = underWay.get(envelope.id) ?? take(envelope).finally(() => underWay.delete(envelope.id));
    underWay.set(envelope.id, running);
    return running;
  }

  return {
    store: vault,

    async storeById(account: Account, id: string): Promise<Envelope> {
      const envelope = await store.read.envelopes.find(account.id, id);
      if (!envelope) throw new Failure('not-found', 'There is no such envelope.');
      return vault(envelope);
    },

    /** An address for one of its files, good for `life` seconds. */
    async link(account: Account, id: string, kind: FileKind, life: number): Promise<{ link: FileLink; url: string }> {
      const envelope = await store.read.envelopes.find(account.id, id);
      if (!envelope) throw new Failure('not-found', 'There is no such envelope.');
      if (!fileOf(envelope, kind)) throw new Failure('not-found', 'The envelope is not vaulted.');
      const link = { accountId: account.id, envelopeId: id, kind, expires: Math.floor(now() / 1000) + life };
      return { link, url: files.urlOf(link) };
    },
  };
}
