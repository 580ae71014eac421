import type { VendorName } from '../../../../shared/onboarding/flow.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Mode, Scope } from '../../../../shared/registry.ts';
import { hashOf } from '../records/ids.ts';
import type { Credential, Partner, PartnerKey, Storage } from '../records/ports.ts';
import { cached } from './cache.ts';
import { isKeyShaped, isPartnerKey } from './partner-keys.ts';

/** Whoever presented a partner key. */
export interface Caller {
  readonly partner: Partner;
  readonly keyId: string;
  readonly mode: Mode;
  readonly scopes: readonly Scope[];
}

/** What a call says of where it comes from: a browser always sends one of these, a server never. */
export interface Provenance {
  readonly origin: string;
  readonly fetchSite: string;
}

/** A caller may do what its key was given, and nothing else. */
export function assertScope({ scopes }: Pick<Caller, 'scopes'>, scope: Scope): void {
  if (!scopes.includes(scope)) throw new Failure('scope-missing', `The key lacks the scope ${scope}.`);
}

/** Who calls, and with which of the partner's own vendor keys: read at every call, so remembered until an administrator changes something. */
export function createCallers({ storage }: { storage: Storage }) {
  const keys = cached<PartnerKey | undefined>((hash) => storage.read.keys.findByHash(hash));
  const partners = cached<Partner | undefined>((id) => storage.read.partners.find(id));
  const credentials = cached<Credential | undefined>((name) => {
    const [partnerId = '', vendor = '', mode = ''] = name.split(' ');
    return storage.read.credentials.findFor(partnerId, '', vendor as VendorName, mode as Mode);
  });
  // Only what is known is remembered: what strangers send must not fill the memory.
  const origins = cached<true | undefined>(async (origin) => (await storage.read.partners.originKnown(origin)) || undefined);

  const registered = cached<string[]>((id) => storage.read.partners.origins(id));

  async function reportExposed(key: PartnerKey, at: number): Promise<void> {
    await storage.transact((stores) => stores.record({ kind: 'key.exposed', at, partner: key.partnerId, actor: key.id }));
  }

  return {
    forget() {
      for (const each of [keys, partners, credentials, origins, registered]) each.forget();
    },

    /** The caller behind this key, or the refusal: unknown, exposed, deleted, suspended, or lacking the scope (null: it is checked later). */
    async identify(key: string, scope: Scope | null, { origin, fetchSite }: Provenance, at: number): Promise<Caller> {
      if (!isPartnerKey(key)) throw new Failure('unauthenticated', notAKey(key));
      const row = await keys.get(hashOf(key));
      const works = row && row.revokedAt === null && (row.expiresAt === null || row.expiresAt > at);
      if (!works) throw new Failure('unauthenticated', 'The key is unknown, expired or revoked.');
      if (origin || (fetchSite && fetchSite !== 'none')) {
        await reportExposed(row, at);
        throw new Failure(
          'key-in-browser',
          'This key reached a browser: whoever sees the page can take it. Call from your server, and rotate the key now.',
        );
      }
      const partner = await partners.get(row.partnerId);
      if (!partner) throw new Failure('partner-suspended', 'The partner is deleted.');
      if (partner.status === 'SUSPENDED') throw new Failure('partner-suspended');
      if (scope !== null) assertScope(row, scope);
      return { partner, keyId: row.id, mode: row.mode, scopes: row.scopes };
    },

    /** Is the partner there and allowed to act right now? */
    async active(partnerId: string): Promise<Partner> {
      const partner = await partners.get(partnerId);
      if (!partner || partner.status === 'SUSPENDED') throw new Failure('partner-suspended');
      return partner;
    },

    /** The partner's own key at a vendor. A key of the other mode is never used instead. */
    async credential(partnerId: string, vendor: VendorName, mode: Mode): Promise<Credential> {
      const row = await credentials.get(`${partnerId} ${vendor} ${mode}`);
      if (row) return row;
      const other = await credentials.get(`${partnerId} ${vendor} ${mode === 'live' ? 'test' : 'live'}`);
      if (other) throw new Failure('wrong-mode', `Only a ${other.mode} key of ${vendor} is stored.`);
      throw new Failure('credential-missing', `No ${vendor} key of this partner is stored.`);
    },

    /** The origins that a partner registered, in order. */
    originsOf: (partnerId: string): Promise<readonly string[]> => registered.get(partnerId),

    /** Has some partner registered this origin? */
    originKnown: async (origin: string): Promise<boolean> => origin.length <= 255 && (await origins.get(origin)) === true,
  };
}
export type Callers = ReturnType<typeof createCallers>;

/** What is wrong with a text that cannot be a key. A vendor's own key, sent here by mistake, is not mistyped; Loyva's even looks like ours. */
function notAKey(text: string): string {
  if (!text) return 'No key came in the header in which this address takes it.';
  return isKeyShaped(text)
    ? 'The key is mistyped, or of another service: its last digits do not fit.'
    : 'This is not a key of the gateway: those are lk_ and 40 hexadecimal digits in lower case.';
}
