import type { RunStatus } from '../../shared/onboarding/onboarding.ts';

/** A customer as Harbor Leasing's own records have it. */
export interface Customer {
  readonly external_id: string;
  readonly company_name: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** The states that the seeding brings customers to. */
export type Seeded = Exclude<RunStatus, 'refused'>;

/** The customers of the demo, and the state the seeding brings each one to. What follows the `+` is the platform's sandbox magic. */
export const demoCustomers: readonly (Customer & { readonly seeded: Seeded })[] = [
  {
    external_id: 'hl-10241',
    company_name: 'Fjordlys Elektro AS',
    first_name: 'Sigrid',
    last_name: 'Hauge',
    email: 'sigrid@fjordlys.example',
    country: 'NO',
    seeded: 'new',
  },
  {
    external_id: 'hl-10238',
    company_name: 'Bäckerei Lindenhof GmbH',
    first_name: 'Jonas',
    last_name: 'Reuter',
    email: 'jonas@lindenhof.example',
    country: 'DE',
    seeded: 'in_progress',
  },
  {
    external_id: 'hl-10233',
    company_name: 'Talleres Montseny S.L.',
    first_name: 'Laia',
    last_name: 'Ferrer',
    email: 'laia+500-after@montseny.example',
    country: 'ES',
    seeded: 'unknown',
  },
  {
    external_id: 'hl-10226',
    company_name: 'Atelier Brume SARL',
    first_name: 'Chloé',
    last_name: 'Marchand',
    email: 'chloe@brume.example',
    country: 'FR',
    seeded: 'declined',
  },
  {
    external_id: 'hl-10219',
    company_name: 'Van der Meulen Transport B.V.',
    first_name: 'Pieter',
    last_name: 'van der Meulen',
    email: 'pieter@vdmeulen.example',
    country: 'NL',
    seeded: 'waiting_billing',
  },
  {
    external_id: 'hl-10204',
    company_name: 'Kavanagh & Sons Joinery Ltd',
    first_name: 'Orla',
    last_name: 'Kavanagh',
    email: 'orla+invoice@kavanagh.example',
    country: 'IE',
    seeded: 'done',
  },
];

/** An id for a customer that is onboarded from nothing: what the portal knows of it comes with the onboarding. */
export const newExternalId = (): string => `hl-${crypto.randomUUID().slice(0, 8)}`;
export const isExternalId = (id: string): boolean => /^hl-[0-9a-f]{5,8}$/.test(id);

/** Who is signed in to the portal. The demo has one user and no sign-in. */
export const user = { name: 'Mira Holt', initials: 'MH', email: 'mira@harborleasing.example' };
