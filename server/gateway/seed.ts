import type { Provisioner, Values, VendorName } from '../../shared/onboarding.ts';
import { type Partner, scopes } from '../../shared/registry.ts';
import type { createCredentials } from './domain/credentials.ts';
import { customerFor } from './domain/credentials.ts';
import { hashOf } from './domain/ids.ts';
import type { Onboarding } from './domain/onboarding.ts';
import type { createPartnerKeys } from './domain/partner-keys.ts';
import type { createPartners } from './domain/partners.ts';
import type { Box, Edges, Keep, SessionRow } from './domain/ports.ts';

/** A customer of the demo partner: how far it has come (`draft`: some answers; `submitted`: all of them). */
export interface SeedCustomer {
  readonly externalId: string;
  readonly values: Values;
  readonly stage: 'draft' | 'submitted';
}

export interface Seed {
  readonly name: string;
  readonly slug: string;
  readonly contactEmail: string;
  readonly portalOrigin: string;
  readonly vendorKeys: Readonly<Record<VendorName, string>>;
  /** The key of an earlier start; kept when it still works. */
  readonly partnerKey: string | undefined;
  readonly customers: readonly SeedCustomer[];
}

interface Options {
  keep: Keep;
  box: Box;
  now: Edges['now'];
  partners: ReturnType<typeof createPartners>;
  keys: ReturnType<typeof createPartnerKeys>;
  credentials: ReturnType<typeof createCredentials>;
  onboarding: Onboarding;
}

const actor = 'system:demo';

/** Demo mode: makes the partner, its key and its customers once; origins and vendor keys are made true at every start. */
export function demoSeed({ keep, box, now, partners, keys, credentials, onboarding }: Options) {
  async function partnerOf({ name, slug, contactEmail }: Seed): Promise<Partner['id']> {
    const { items } = await partners.list({ page: 1, per_page: 100, search: slug });
    const known = items.find((partner) => partner.slug === slug);
    if (known) return known.id;
    const limits = { max_tenants: null, max_users_per_tenant: null, max_applications_per_tenant: null };
    return (await partners.create({ name, slug, contact_email: contactEmail, status: 'ACTIVE', ...limits }, actor)).id;
  }

  async function keyOf(partnerId: string, earlier: string | undefined): Promise<string> {
    const row = earlier ? await keep.read.keys.findByHash(hashOf(earlier)) : undefined;
    if (earlier && row?.partner_id === partnerId && row.revoked_at === null) return earlier;
    return (await keys.issue(partnerId, { scopes: [...scopes], mode: 'live', expires_at: null }, actor)).key;
  }

  async function reconcile(partnerId: string, { portalOrigin, vendorKeys }: Seed): Promise<void> {
    for (const origin of await partners.origins(partnerId))
      if (origin !== portalOrigin) await partners.removeOrigin(partnerId, origin, actor);
    await partners.addOrigin(partnerId, portalOrigin, actor);
    for (const [vendor, secret] of Object.entries(vendorKeys) as [VendorName, string][]) {
      const held = await keep.read.credentials.findFor(partnerId, '', vendor, 'live');
      if (held?.fingerprint !== box.fingerprint(secret))
        await credentials.put(partnerId, { vendor: vendor as Provisioner, mode: 'live', secret }, actor);
    }
  }

  async function bring(partnerId: string, { externalId, values, stage }: SeedCustomer): Promise<void> {
    if (await keep.read.customers.findByExternalId(partnerId, 'live', externalId)) return;
    const customerId = await keep.transact((stores) => customerFor(stores, box, partnerId, 'live', externalId, now()));
    const session = { id: 'seed', partner_id: partnerId, customer_id: customerId, mode: 'live', sub: actor } as SessionRow;
    const { revision } = await onboarding.view(session);
    await onboarding.saveDraft(session, revision, values);
    if (stage === 'submitted') await onboarding.take(session, 'details', values);
  }

  return async (seed: Seed): Promise<{ partnerId: string; partnerKey: string }> => {
    const partnerId = await partnerOf(seed);
    await reconcile(partnerId, seed);
    const partnerKey = await keyOf(partnerId, seed.partnerKey);
    for (const customer of seed.customers) await bring(partnerId, customer);
    return { partnerId, partnerKey };
  };
}
