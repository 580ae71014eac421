import { newId } from '../../../../shared/ids.ts';
import { isLoopback } from '../../../../shared/loopback.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { CreatePartner, PatchPartner } from '../../../../shared/registry.ts';
import type { Partner, PartnerQuery, Storage, Stores } from '../records/ports.ts';

/** The partner, or the refusal; a deleted partner does not exist. */
export async function findPartner(stores: Stores, id: string): Promise<Partner> {
  const partner = await stores.partners.find(id);
  if (!partner) throw new Failure('not-found', 'There is no such partner.');
  return partner;
}

/** The origin as browsers send it (scheme, host, port), or the refusal. https, or http on loopback. */
export function cleanOrigin(text: string, pointer = '/origin'): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && url.origin !== 'null' && !url.username && !url.password && url.pathname === '/' && !url.search && !url.hash;
  const safe = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
  if (!url || !bare || !safe || text.includes('*'))
    throw new Failure('invalid-input', undefined, {
      errors: [{ pointer, code: 'origin', message: 'An origin is https://host[:port]; http only on loopback; no path, no wildcard.' }],
    });
  return url.origin;
}

export function createPartners({ storage }: { storage: Storage }) {
  return {
    list: (query: PartnerQuery) => storage.read.partners.list(query),
    find: (id: string) => findPartner(storage.read, id),

    create: (input: CreatePartner, actor: string, at: number): Promise<Partner> =>
      storage.transact(async (stores) => {
        const row: Partner = {
          id: newId('partner'),
          name: input.name,
          slug: await freeSlug(stores, input.slug, input.name),
          status: input.status,
          contactEmail: input.contact_email,
          maxTenants: input.max_tenants,
          maxUsersPerTenant: input.max_users_per_tenant,
          maxApplicationsPerTenant: input.max_applications_per_tenant,
          createdAt: at,
          updatedAt: at,
          deletedAt: null,
        };
        await stores.partners.insert(row);
        await stores.record({ kind: 'partner.created', at, partner: row.id, actor });
        return row;
      }),

    update: (id: string, change: PatchPartner, actor: string, at: number): Promise<Partner> =>
      storage.transact(async (stores) => {
        const partner = await findPartner(stores, id);
        if (change.slug && change.slug !== partner.slug && (await stores.partners.slugTaken(change.slug))) throw new Failure('slug-taken');
        const { contact_email, max_tenants, max_users_per_tenant, max_applications_per_tenant, ...same } = change;
        await stores.partners.update(id, {
          ...same,
          contactEmail: contact_email,
          maxTenants: max_tenants,
          maxUsersPerTenant: max_users_per_tenant,
          maxApplicationsPerTenant: max_applications_per_tenant,
          updatedAt: at,
        });
        await stores.record({ kind: kindOf(partner, change), at, partner: id, actor, about: { fields: Object.keys(change).join(' ') } });
        return findPartner(stores, id);
      }),

    /** Soft: the partner is neither found nor listed any more, and its slug stays taken. */
    delete: (id: string, actor: string, at: number) =>
      storage.transact(async (stores) => {
        await findPartner(stores, id);
        await stores.partners.update(id, { deletedAt: at, updatedAt: at });
        await stores.record({ kind: 'partner.deleted', at, partner: id, actor });
      }),

    async origins(id: string): Promise<string[]> {
      await findPartner(storage.read, id);
      return storage.read.partners.origins(id);
    },
    addOrigin: (id: string, text: string, actor: string, at: number) =>
      storage.transact(async (stores) => {
        await findPartner(stores, id);
        const origin = cleanOrigin(text);
        await stores.partners.addOrigin(id, origin);
        await stores.record({ kind: 'origin.added', at, partner: id, actor, about: { origin } });
        return stores.partners.origins(id);
      }),
    removeOrigin: (id: string, text: string, actor: string, at: number) =>
      storage.transact(async (stores) => {
        await findPartner(stores, id);
        const origin = cleanOrigin(text);
        if (!(await stores.partners.removeOrigin(id, origin))) throw new Failure('not-found', 'This origin is not registered.');
        await stores.record({ kind: 'origin.removed', at, partner: id, actor, about: { origin } });
        return stores.partners.origins(id);
      }),
  };
}

const kindOf = (partner: Partner, change: PatchPartner): string =>
  !change.status || change.status === partner.status
    ? 'partner.updated'
    : change.status === 'SUSPENDED'
      ? 'partner.suspended'
      : 'partner.resumed';

/** A slug that was asked for must be free; one made of the name gets a number until it is. */
async function freeSlug(stores: Stores, wanted: string | undefined, name: string): Promise<string> {
  if (wanted !== undefined) {
    if (await stores.partners.slugTaken(wanted)) throw new Failure('slug-taken');
    return wanted;
  }
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const base =
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 50)
      .replace(/-$/, '') || 'partner';
  let slug = base;
  for (let n = 2; await stores.partners.slugTaken(slug); n += 1) slug = `${base}-${n}`;
  return slug;
}
