import { isDeepStrictEqual } from 'node:util';
import { Flow, type Provisioner, provisioners, type SignStep, type Values, type VendorName } from '../../shared/onboarding/flow.ts';
import { type Partner, scopes } from '../../shared/registry.ts';
import type { Onboarding } from './domain/onboarding/onboarding.ts';
import { hashOf, sha256Of } from './domain/records/ids.ts';
import type { Box, Edges, Session, Storage } from './domain/records/ports.ts';
import type { createCredentials } from './domain/registry/credentials.ts';
import { customerFor } from './domain/registry/credentials.ts';
import { agreement as agreementName, defaultFlow } from './domain/registry/default-flow.ts';
import type { FlowDocuments } from './domain/registry/flow-documents.ts';
import type { createFlows } from './domain/registry/flows.ts';
import type { createPartnerKeys } from './domain/registry/partner-keys.ts';
import type { createPartners } from './domain/registry/partners.ts';
import type { DemoSignatures } from './seed-signatures.ts';

/**
 * A customer of the demo partner: how far it has come (`draft`: some answers; `submitted`: all of them; then what became of the agreement,
 * where the flow has one).
 */
export interface SeedCustomer {
  readonly externalId: string;
  readonly values: Values;
  readonly stage: 'draft' | 'submitted' | 'signed' | 'declined';
}

export interface Seed {
  readonly name: string;
  readonly slug: string;
  readonly contactEmail: string;
  readonly portalOrigin: string;
  readonly vendorKeys: Readonly<Record<VendorName, string>>;
  /** The key of an earlier start; kept when it still works. */
  readonly partnerKey: string | undefined;
  /** What the customers sign: a PDF in base64, and where. */
  readonly agreement?: { readonly document: string; readonly step: Pick<SignStep, 'title' | 'fields' | 'prefill'> };
  readonly customers: readonly SeedCustomer[];
}

interface Options {
  storage: Storage;
  box: Box;
  now: Edges['now'];
  partners: ReturnType<typeof createPartners>;
  keys: ReturnType<typeof createPartnerKeys>;
  credentials: ReturnType<typeof createCredentials>;
  onboarding: Onboarding;
  documents: FlowDocuments;
  flows: ReturnType<typeof createFlows>;
  signatures: DemoSignatures;
  report: (error: unknown, instance: string) => void;
}

const actor = 'system:demo';

/** Demo mode: makes the partner, its key and its customers once; origins and vendor keys are made true at every start. */
export function demoSeed(options: Options) {
  const { storage, box, now, partners, keys, credentials, onboarding, documents, flows, signatures, report } = options;
  async function partnerOf({ name, slug, contactEmail }: Seed): Promise<Partner['id']> {
    const { items } = await partners.list({ page: 1, limit: 100, search: slug });
    const known = items.find((partner) => partner.slug === slug);
    if (known) return known.id;
    const limits = { max_tenants: null, max_users_per_tenant: null, max_applications_per_tenant: null };
    return (await partners.create({ name, slug, contact_email: contactEmail, status: 'ACTIVE', ...limits }, actor, now())).id;
  }

  async function keyOf(partnerId: string, earlier: string | undefined): Promise<string> {
    const row = earlier ? await storage.read.keys.findByHash(hashOf(earlier)) : undefined;
    if (earlier && row?.partnerId === partnerId && row.revokedAt === null) return earlier;
    return (await keys.issue(partnerId, { scopes: [...scopes], mode: 'live', expires_at: null }, actor, now())).key;
  }

  async function reconcile(partnerId: string, { portalOrigin, vendorKeys }: Seed): Promise<void> {
    for (const origin of await partners.origins(partnerId))
      if (origin !== portalOrigin) await partners.removeOrigin(partnerId, origin, actor, now());
    await partners.addOrigin(partnerId, portalOrigin, actor, now());
    for (const [vendor, secret] of Object.entries(vendorKeys) as [VendorName, string][]) {
      const held = await storage.read.credentials.findFor(partnerId, '', vendor, 'live');
      if (held?.fingerprint !== box.fingerprint(secret))
        await credentials.put(partnerId, { vendor: vendor as Provisioner, mode: 'live', secret }, actor, now());
    }
  }

  /**
   * The agreement and the flow that has it signed; a flow that somebody else has set since is left alone. The first is always the demo's own:
   * where an earlier demo made it, the present one follows. Runs keep theirs, and leave what it does not fill in empty.
   */
  async function agree(partnerId: string, { agreement, vendorKeys }: Seed): Promise<void> {
    if (!agreement) return;
    const bytes = Buffer.from(agreement.document, 'base64');
    const sha256 = sha256Of(bytes);
    if (!(await documents.holds(partnerId, agreementName, sha256))) await documents.put(partnerId, agreementName, bytes, actor, now());
    const newest = await storage.read.flows.newest(partnerId);
    if (newest && newest.version > 1) return;
    const { steps } = defaultFlow(
      provisioners.filter((vendor) => vendorKeys[vendor]),
      true,
    );
    const role = agreement.step.fields[0]?.role ?? 'Customer';
    const signed = steps.map((step) => (step.kind === 'sign' ? { ...step, ...agreement.step, signer: { ...step.signer, role } } : step));
    const flow = Flow.parse({ steps: signed });
    if (!isDeepStrictEqual(newest?.flow, flow)) await flows.set(partnerId, flow, actor, now());
  }

  async function bring(partnerId: string, { externalId, values, stage }: SeedCustomer): Promise<Session> {
    const known = await storage.read.customers.findByExternalId(partnerId, 'live', externalId);
    const customerId = known?.id ?? (await storage.transact((stores) => customerFor(stores, box, partnerId, 'live', externalId, now())));
    const session: Session = { ...nobody, partnerId, customerId };
    if (known) return session;
    const { revision } = await onboarding.view(session, now());
    await onboarding.saveDraft(session, revision, values, now());
    if (stage !== 'draft') await onboarding.take(session, 'details', values, undefined, now());
    return session;
  }

  async function settle(session: Session, { stage, externalId }: SeedCustomer): Promise<void> {
    if (stage === 'signed' || stage === 'declined')
      await signatures.bring(session, stage).catch((error: unknown) => report(error, externalId));
  }

  return {
    async seed(seed: Seed): Promise<{ partnerId: string; partnerKey: string }> {
      const partnerId = await partnerOf(seed);
      await reconcile(partnerId, seed);
      await agree(partnerId, seed);
      const partnerKey = await keyOf(partnerId, seed.partnerKey);
      for (const customer of seed.customers) await bring(partnerId, customer);
      return { partnerId, partnerKey };
    },

    /** What customers do once everything runs: they sign, or decline. It takes as long as the vendor does, so nothing waits for it. */
    async sign(seed: Seed): Promise<void> {
      const partnerId = await partnerOf(seed);
      await Promise.all(seed.customers.map(async (customer) => settle(await bring(partnerId, customer), customer)));
    },
  };
}

/** The session of a customer whom nobody plays but the seeding. */
const nobody: Session = {
  id: 'seed',
  jti: 'seed',
  partnerId: '',
  customerId: '',
  envelopeId: '',
  mode: 'live',
  widget: 'onboarding',
  sub: actor,
  jkt: '',
  origin: '',
  locale: null,
  createdAt: 0,
  endsAt: 0,
  endedAt: null,
};
