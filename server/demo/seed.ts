import type { VendorName } from '../../shared/onboarding/flow.ts';
import type { Seed, SeedCustomer } from '../gateway/seed.ts';
import type { Customer, Seeded } from '../portal/customers.ts';
import { agreementStep } from './agreement.ts';

/** What the demo's customers have answered on paper: a city and a registration number that passes for their country. */
const answered: Record<string, { city: string; registration_number: string }> = {
  DE: { city: 'Leipzig', registration_number: 'HRB 24817' },
  FR: { city: 'Nantes', registration_number: '732 829 320' },
  ES: { city: 'Girona', registration_number: 'B17284465' },
  IE: { city: 'Kilkenny', registration_number: '482917' },
  NL: { city: 'Zwolle', registration_number: '51830264' },
  NO: { city: 'Bergen', registration_number: '923 609 016' },
};

/** The demo partner and its customers, each brought as far as the portal says; a new one has no run yet. */
export function seedOf({
  portalOrigin,
  vendorKeys,
  partnerKey,
  agreement,
  customers,
}: {
  portalOrigin: string;
  vendorKeys: Record<VendorName, string>;
  partnerKey: string | undefined;
  /** The agreement that customers sign, a PDF. */
  agreement: Uint8Array;
  customers: readonly (Customer & { seeded: Seeded })[];
}): Seed {
  const begun = customers.filter(({ seeded }) => seeded !== 'new');
  return {
    name: 'Harbor Leasing',
    slug: 'harbor-leasing',
    contactEmail: 'operations@harborleasing.example',
    portalOrigin,
    vendorKeys,
    partnerKey,
    agreement: { document: Buffer.from(agreement).toString('base64'), step: agreementStep },
    customers: begun.map(seedCustomer),
  };
}

/** What the customer has done of the agreement, for each state it is to be shown in. */
const stages = {
  new: 'draft',
  in_progress: 'draft',
  unknown: 'submitted',
  waiting_billing: 'signed',
  declined: 'declined',
  done: 'signed',
} as const;

function seedCustomer({ external_id, seeded, ...customer }: Customer & { seeded: Seeded }): SeedCustomer {
  const { company_name, country, first_name, last_name, email } = customer;
  const { city = '', registration_number = '' } = answered[country] ?? {};
  if (seeded === 'in_progress')
    return { externalId: external_id, stage: 'draft', values: { company_name, country, first_name, last_name, email } };
  return {
    externalId: external_id,
    stage: stages[seeded],
    values: { company_name, country, city, registration_number, first_name, last_name, email, may_sign: true },
  };
}
