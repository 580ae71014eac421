import { randomUUID } from 'node:crypto';
import { newId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Links } from '../notices/links.ts';
import { invite } from '../notices/mail.ts';
import type { Account } from '../records/account.ts';
import { ownerKey } from '../records/people.ts';
import type { KelviqRecord, Organization } from '../records/sandbox.ts';
import { hashOf, newSecret } from '../records/secrets.ts';
import type { Storage, Stores } from '../records/stores.ts';
import { magicOf, playInstead, type Trick } from './magic.ts';

/** What came of a provisioning. A trick may have been played after the work was done. */
export type Outcome<T> = { kind: 'opened'; opened: T } | { kind: 'email-taken' } | { kind: Trick };

export interface OrganizationRequest {
  readonly externalId: string;
  readonly email: string;
  readonly businessName?: string | undefined;
}

/** The one organization of this owner at this account: the one that another dialect opened, or a new one. */
export async function organizationFor(
  stores: Stores,
  account: Account,
  owner: { email: string; company: string; name?: string },
  at: number,
): Promise<Organization> {
  const known = await stores.organizations.ofOwner(account.id, ownerKey(owner.email));
  if (known && owner.name) await stores.subscribr.nameOwner(known.id, owner.name);
  if (known) return known;
  const organization: Organization = {
    id: newId('organization'),
    accountId: account.id,
    name: owner.company,
    ownerId: newId('user'),
    ownerEmail: owner.email,
    byInvoice: magicOf(owner.email, 'scribeless').byInvoice,
    billingAt: null,
  };
  await stores.organizations.add(organization, ownerKey(owner.email), at);
  await stores.subscribr.addTeam({ accountId: account.id, organizationId: organization.id, ownerName: owner.name ?? null }, at);
  return organization;
}

export type Organizations = ReturnType<typeof createOrganizations>;

/** Kelviq's partner organizations. */
export const createOrganizations = (storage: Storage, links: Links) => ({
  async open(account: Account, request: OrganizationRequest, at: number): Promise<Outcome<KelviqRecord>> {
    const magic = magicOf(request.email, 'kelviq');
    const trick = playInstead(magic.instead);
    if (trick) return { kind: trick };
    return storage.transact(async (stores) => {
      if (await stores.kelviq.byExternalId(account.id, request.externalId)) throw repeatedExternalId();
      const owner = ownerKey(request.email);
      if (magic.instead === 'take-email' || (await stores.kelviq.isTaken(account.id, owner))) return { kind: 'email-taken' };
      const opened = await record(stores, account, request, at, links);
      const played = magic.afterwards && (await stores.magic.spend(account.id, 'kelviq', owner, at));
      return played && magic.afterwards ? { kind: magic.afterwards } : { kind: 'opened', opened };
    });
  },

  list: (account: Account, limit: number, after?: readonly [userId: number]) => storage.read.kelviq.list(account.id, limit, after),

  byExternalId: (account: Account, externalId: string): Promise<KelviqRecord | undefined> =>
    storage.read.kelviq.byExternalId(account.id, externalId),

  byIdentifier: (account: Account, identifier: string): Promise<KelviqRecord | undefined> =>
    storage.read.kelviq.byIdentifier(account.id, identifier.toLowerCase()),

  /** Is this the server key of some organization? It is a good key, but no partner's. */
  isServerKey: async (key: string): Promise<boolean> => (await storage.read.kelviq.organizationOf(hashOf(key))) !== undefined,
});

async function record(stores: Stores, account: Account, request: OrganizationRequest, at: number, links: Links): Promise<KelviqRecord> {
  const company = request.businessName ?? request.email.slice(0, request.email.lastIndexOf('@'));
  const organization = await organizationFor(stores, account, { email: request.email, company }, at);
  const name = request.businessName ?? organization.name;
  const made: KelviqRecord = {
    identifier: randomUUID(),
    organizationId: organization.id,
    accountId: account.id,
    externalId: request.externalId,
    userId: await stores.kelviq.nextUserId(),
    slug: await freeSlug(stores, name),
    clientKey: newSecret('ck_live_'),
    serverKey: newSecret('sk_live_'),
  };
  await stores.kelviq.add(made, { ownerKey: ownerKey(request.email), serverKey: hashOf(made.serverKey) }, at);
  await invite(
    stores,
    links,
    { dialect: 'kelviq', organization, person: { email: request.email, name: '' }, company: name, partner: account.name },
    at,
  );
  return made;
}

/** The name as part of an address; a taken one gets a number, and after nine of the same name a random ending. */
async function freeSlug(stores: Stores, name: string): Promise<string> {
  const plain = slugOf(name);
  for (const slug of [plain, ...Array.from({ length: 8 }, (_, i) => `${plain}-${i + 2}`)])
    if (!(await stores.kelviq.hasSlug(slug))) return slug;
  return `${plain}-${newSecret('').slice(0, 12)}`;
}

const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-|-$/g, '') || 'organization';

const repeatedExternalId = () =>
  new Failure('invalid-input', undefined, {
    errors: [{ pointer: '/externalId', code: 'exists', message: 'externalId already exists for this partner.' }],
  });
