import { newId } from '../../../../shared/ids.ts';
import type { VendorName } from '../../../../shared/onboarding/flow.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Mode, PutCredential } from '../../../../shared/registry.ts';
import type { Box, Credential, Storage, Stores } from '../records/ports.ts';
import { findPartner } from './partners.ts';

/** Asks a vendor something harmless with this key. */
export type TestKey = (credential: Credential) => Promise<{ works: boolean; detail: string }>;

export interface NewSecret {
  partnerId: string;
  customerId: string;
  vendor: VendorName;
  mode: Mode;
  secret: string;
  ref: string | null;
}

/** What a box is bound to: it opens for no other partner, customer, vendor, mode or credential. */
const about = (row: Pick<Credential, 'id' | 'partnerId' | 'customerId' | 'vendor' | 'mode'>): string[] => [
  'credential',
  row.partnerId,
  row.customerId,
  row.vendor,
  row.mode,
  row.id,
];

/** Opens a credential. Call it only where the vendor's request is built. */
export const openWith =
  (box: Box) =>
  (row: Credential): string =>
    box.open(row.box, about(row));

/** A credential as it would be kept: sealed, and bound to whom it belongs to. */
export function sealedSecret(
  box: Box,
  { partnerId, customerId, vendor, mode, secret, ref }: NewSecret,
  at: number,
  id: string = newId('credential'),
): Credential {
  const named = { id, partnerId, customerId, vendor, mode };
  return {
    ...named,
    box: box.seal(secret, about(named)),
    fingerprint: box.fingerprint(secret),
    vendorRef: ref,
    createdAt: at,
    updatedAt: at,
  };
}

/**
 * Seals a secret and keeps it, in the caller's transaction. A secret that another partner holds is refused; one that takes an earlier
 * one's place keeps its id, so that whatever names it goes on. What a vendor refused for want of it is asked again.
 */
export async function storeSecret(stores: Stores, box: Box, fresh: NewSecret, at: number): Promise<Credential> {
  const { partnerId, customerId, vendor, mode } = fresh;
  const earlier = await stores.credentials.findFor(partnerId, customerId, vendor, mode);
  const row = { ...sealedSecret(box, fresh, at, earlier?.id), createdAt: earlier?.createdAt ?? at };
  if (await stores.credentials.heldByAnother(partnerId, row.fingerprint)) throw new Failure('credential-in-use');
  await stores.credentials.put(row);
  await stores.record({
    kind: 'credential.stored',
    at,
    partner: partnerId,
    about: { credential: row.id, vendor, customer: customerId || null, mode },
  });
  await stores.runs.resume(row, at);
  if (vendor === 'loyva' && customerId === '') await stores.signings.resume(partnerId, 'key', mode, at);
  await stores.runs.resumed(partnerId);
  return row;
}

/** The customer of that external id, made when there is none yet. */
export async function customerFor(
  stores: Stores,
  box: Box,
  partnerId: string,
  mode: Mode,
  externalId: string,
  at: number,
): Promise<string> {
  const known = await stores.customers.findByExternalId(partnerId, mode, externalId);
  if (known) return known.id;
  await assertRoomForCustomer(stores, partnerId);
  return customerOpened(stores, box, partnerId, mode, externalId, at);
}

/** The customer whose account a vendor has opened already: a limit comes too late, and the key must be kept. */
export async function customerOpened(
  stores: Stores,
  box: Box,
  partnerId: string,
  mode: Mode,
  externalId: string,
  at: number,
): Promise<string> {
  const known = await stores.customers.findByExternalId(partnerId, mode, externalId);
  if (known) return known.id;
  const id = newId('customer');
  await stores.customers.insert({
    id,
    partnerId,
    mode,
    externalId,
    profile: box.seal('{}', ['profile', id]),
    createdAt: at,
  });
  return id;
}

export async function assertRoomForCustomer(stores: Stores, partnerId: string): Promise<void> {
  const { maxTenants: limit } = await findPartner(stores, partnerId);
  if (limit !== null && (await stores.customers.count(partnerId)) >= limit)
    throw new Failure('limit-reached', `max_tenants is ${limit}: there are that many customers.`);
}

export function createCredentials({ storage, box, testKey }: { storage: Storage; box: Box; testKey: TestKey }) {
  return {
    async list(...asked: Parameters<Stores['credentials']['list']>) {
      await findPartner(storage.read, asked[0]);
      return storage.read.credentials.list(...asked);
    },

    put: (partnerId: string, { vendor, mode, customer, secret }: PutCredential, actor: string, at: number) =>
      storage.transact(async (stores) => {
        await findPartner(stores, partnerId);
        const customerId = customer === undefined ? '' : await customerFor(stores, box, partnerId, mode, customer, at);
        const row = await storeSecret(stores, box, { partnerId, customerId, vendor, mode, secret, ref: null }, at);
        await stores.record({ kind: 'credential.put', at, partner: partnerId, actor, about: { credential: row.id } });
        return { ...row, externalId: customer ?? null };
      }),

    /** Asks the vendor whether the key works; nothing is changed there. */
    async test(partnerId: string, id: string) {
      await findPartner(storage.read, partnerId);
      const row = await storage.read.credentials.find(partnerId, id);
      if (!row) throw new Failure('not-found', 'This partner has no such credential.');
      return testKey(row);
    },

    delete: (partnerId: string, id: string, actor: string, at: number) =>
      storage.transact(async (stores) => {
        await findPartner(stores, partnerId);
        if (!(await stores.credentials.delete(partnerId, id))) throw new Failure('not-found', 'This partner has no such credential.');
        await stores.record({ kind: 'credential.deleted', at, partner: partnerId, actor, about: { credential: id } });
      }),
  };
}
