import type { Readable } from 'node:stream';
import { Failure } from '../../../../shared/problem.ts';
import type { CertificateView, VaultView } from '../../../../shared/vault.ts';
import type { Credential, Edges, Session, Storage } from '../records/ports.ts';
import type { Caller, Callers } from '../registry/callers.ts';
import type { SigningVendor } from './vendor.ts';

/** The copy of a vaulted document, which is marked as a copy on every page. */
export interface VaultCopy {
  /** Bytes; unknown where the vendor does not say. */
  readonly length: number | undefined;
  /** Whoever takes it reads or destroys it. */
  readonly body: Readable;
}

/** What the vault's view asks of a vendor; implemented by `vendors/`. Nothing (`undefined`) comes back when the vendor has no such envelope for this key. */
export interface VaultVendor {
  record(key: Credential, envelopeId: string): Promise<VaultView | undefined>;
  certificate(key: Credential, envelopeId: string): Promise<CertificateView | undefined>;
  copy(key: Credential, envelopeId: string): Promise<VaultCopy | undefined>;
}

type Reader = Pick<Session, 'id' | 'partnerId' | 'envelopeId' | 'mode' | 'sub'>;

interface Options {
  storage: Storage;
  callers: Pick<Callers, 'credential'>;
  standings: Pick<SigningVendor, 'standing'>;
  vendor: VaultVendor;
  /** Read once a vendor has answered: what is written has that instant. */
  now: Edges['now'];
}

/** A vaulted envelope as its readers see it. The vendor is asked with the partner's own key, so only the partner's envelopes count. */
export function createVaults({ storage, callers, standings, vendor, now }: Options) {
  async function asking<T>(reader: Reader, ask: (key: Credential) => Promise<T | undefined>): Promise<T> {
    const answer = await ask(await callers.credential(reader.partnerId, 'loyva', reader.mode));
    if (answer === undefined) throw new Failure('not-found', 'The vault has no such thing for this envelope.');
    return answer;
  }

  return {
    /** May a token for the vault's view of this envelope be minted? */
    async assertVaulted({ partner, mode }: Caller, envelopeId: string): Promise<void> {
      const key = await callers.credential(partner.id, 'loyva', mode);
      const standing = await standings.standing(key, envelopeId);
      if (!standing) throw new Failure('not-found', 'There is no such envelope.');
      const { status, vaulted } = standing;
      if (status !== 'vaulted' && (!vaulted || status === 'released'))
        throw new Failure('envelope-wrong-state', 'The vault shows an envelope while it is vaulted.');
    },

    record: (reader: Reader): Promise<VaultView> => asking(reader, (key) => vendor.record(key, reader.envelopeId)),

    certificate: (reader: Reader): Promise<CertificateView> => asking(reader, (key) => vendor.certificate(key, reader.envelopeId)),

    /** The copy's bytes; that it was asked for is in the log before the first of them leaves. */
    async copy(reader: Reader): Promise<VaultCopy> {
      const copy = await asking(reader, (key) => vendor.copy(key, reader.envelopeId));
      const { id, partnerId, envelopeId, sub } = reader;
      const leaf = { kind: 'vault.copy.read', at: now(), partner: partnerId, actor: sub, about: { session: id, envelope: envelopeId } };
      try {
        await storage.transact((stores) => stores.record(leaf));
      } catch (error) {
        copy.body.destroy();
        throw error;
      }
      return copy;
    },
  };
}
export type Vaults = ReturnType<typeof createVaults>;
