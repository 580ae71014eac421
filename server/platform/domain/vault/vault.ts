import { Failure } from '../../../../shared/problem.ts';
import { impossible, statusOf } from '../envelope/envelopes.ts';
import type { Documents } from '../files/documents.ts';
import type { Files } from '../files/files.ts';
import type { Account } from '../records/account.ts';
import { authoritativeOf, type Envelope, type KeptFile } from '../records/envelope.ts';
import type { SealedFiles } from '../records/files.ts';
import type { Storage } from '../records/stores.ts';
import type { Compliance } from './compliance.ts';
import { copyReason, custodyFactsOf } from './custody-facts.ts';

export type Vault = ReturnType<typeof createVault>;

interface Options {
  readonly storage: Storage;
  readonly sealedFiles: SealedFiles;
  readonly documents: { of(account: string): Pick<Documents, 'takeIn' | 'copy' | 'custody'> };
  readonly files: Pick<Files, 'read'>;
  readonly compliance: Compliance;
  readonly now: () => number;
}

/**
 * What has been signed is taken into the vault: the authoritative file as it is, a copy that says so, and the custody record. Everything that
 * takes time lies before the one transaction that says it is vaulted: killed in between, nothing is there but files that nobody names.
 */
export function createVault({ storage, sealedFiles, files, compliance, now, ...parts }: Options) {
  /** Vaulting under way, by envelope: who asks twice at once waits for the same copy. */
  const underWay = new Map<string, Promise<Envelope>>();

  const find = async (accountId: string, id: string): Promise<Envelope> => {
    const found = await storage.read.envelopes.find(accountId, id);
    if (!found) throw new Failure('not-found', 'There is no such envelope.');
    return found;
  };

  async function makeCopy(envelope: Envelope, holder: Account, at: number): Promise<KeptFile> {
    const documents = parts.documents.of(envelope.accountId);
    const file = authoritativeOf(envelope);
    const bytes = await files.read(envelope, file, at);
    // What came from outside is never stamped as it is: its copy is made of what intake writes anew.
    const sealed = envelope.kind === 'paper' ? (await documents.takeIn(bytes, { signed: 'kept', fields: 'flattened' })).bytes : bytes;
    const copy = await documents.copy({
      sealed,
      sealedSha256: file.sha256,
      watermark: `Copy of ${envelope.id}, authoritative copy held by ${holder.name}`,
      reason: copyReason(envelope.id, file.sha256),
    });
    return sealedFiles.put(await storage.read.envelopes.contentKey(envelope.id), copy.bytes);
  }

  async function makeCustodyRecord(envelope: Envelope, controller: Account, copy: KeptFile, vaultedAt: number): Promise<KeptFile> {
    const book = storage.read.envelopes;
    const [signers, events] = [await book.signers(envelope.id), await book.events(envelope.id)];
    const facts = custodyFactsOf({ envelope, controller, signers, events, copy, vaultedAt });
    const { bytes } = await parts.documents.of(envelope.accountId).custody({ facts, reason: `Custody record of ${envelope.id}` });
    return sealedFiles.put(await book.contentKey(envelope.id), bytes);
  }

  async function take(envelope: Envelope, askedAt: number): Promise<Envelope> {
    const { id, accountId, state } = envelope;
    const holder = await storage.read.accounts.get(accountId);
    const copy = await makeCopy(envelope, holder, askedAt);
    // Copying takes its time, and the copy's seal says when: nothing was vaulted before that.
    const at = now();
    const custody = await makeCustodyRecord(envelope, holder, copy, at);
    await storage.transact(async (stores) => {
      const change = { state: 'vaulted', copy, custody, controller: accountId, vaultedAt: at, updatedAt: at } as const;
      // Another process was first: then its copy is the one.
      if (!(await stores.envelopes.move({ id, state }, change))) return;
      const detail = authoritativeOf(envelope).sha256;
      await stores.envelopes.record({ envelopeId: id, at, kind: 'vault.stored', signerId: null, reached: null, detail });
    });
    const taken = await find(accountId, id);
    // A paper may be withdrawn while it is copied.
    if (taken.vaultedAt === null) throw impossible(taken, statusOf(taken, at), 'vaulted');
    return checked(taken, at);
  }

  /** Vaults an envelope that is ready for it; a vaulted one is given back as it is. Killed anywhere, it can be asked again. */
  async function vault(envelope: Envelope, at: number): Promise<Envelope> {
    const status = statusOf(envelope, at);
    if (status !== 'vaulted' && envelope.state !== ready[envelope.kind]) throw impossible(envelope, status, 'vaulted');
    if (status === 'vaulted') return checked(envelope, at);
    const running = underWay.get(envelope.id) ?? take(envelope, at).finally(() => underWay.delete(envelope.id));
    underWay.set(envelope.id, running);
    return running;
  }

  async function checked(envelope: Envelope, at: number): Promise<Envelope> {
    if (envelope.compliance === null) await compliance.check(envelope, at);
    return envelope;
  }

  return {
    storage: vault,

    /** By the call that is for its kind. */
    async storeById(account: Account, id: string, kind: Envelope['kind'], at: number): Promise<Envelope> {
      const envelope = await find(account.id, id);
      if (envelope.kind !== kind) throw new Failure('envelope-wrong-state', otherCall[envelope.kind]);
      return vault(envelope, at);
    },

    /** The custody record; of what was vaulted before there were any it is made now. */
    async custodyRecord(envelope: Envelope): Promise<KeptFile> {
      const { id, state, accountId, copy, vaultedAt } = envelope;
      if (envelope.custody) return envelope.custody;
      if (!copy || vaultedAt === null) throw new Failure('not-found', 'The envelope is not vaulted.');
      const custody = await makeCustodyRecord(envelope, await storage.read.accounts.get(accountId), copy, vaultedAt);
      return storage.transact(async (stores) => {
        // Two may ask first at once: what a certificate names must be the record that is kept.
        const kept = (await stores.envelopes.find(accountId, id))?.custody;
        if (!kept) await stores.envelopes.move({ id, state }, { custody });
        return kept ?? custody;
      });
    },
  };
}

const ready = { esign: 'completed', paper: 'uploaded' } as const;
const otherCall = {
  esign: 'The envelope is signed here, not uploaded: it is vaulted by vault-in-signed.',
  paper: 'The envelope is on paper, not signed here: it is vaulted by vault-in-upload.',
} as const;
