import { countries } from '../../../../shared/onboarding/countries.ts';
import { type Field, Flow, type Provisioner, type Section, type Step } from '../../../../shared/onboarding/flow.ts';

/** Which of our fields answers which of a vendor's; the required ones first. */
export const mappings: Record<Provisioner, { required: readonly string[]; default: Record<string, string> }> = {
  kelviq: { required: ['email'], default: { email: 'email', businessName: 'company_name' } },
  scribeless: {
    required: ['email', 'firstName', 'lastName', 'companyName'],
    default: { email: 'email', firstName: 'first_name', lastName: 'last_name', companyName: 'company_name' },
  },
};

const field = (name: string, kind: Field['kind'], rest: Partial<Field> = {}): Field => ({ name, kind, required: true, max: 100, ...rest });

/** Words come from the widget's catalogue, by the names of sections and fields. */
const sections: readonly Section[] = [
  {
    id: 'company',
    fields: [
      field('company_name', 'text', { max: 200, autocomplete: 'organization', width: 'full' }),
      field('country', 'country', { options: countries.map((value) => ({ value })), autocomplete: 'country' }),
      field('registration_number', 'text', { format: 'org-number', country_field: 'country', max: 30 }),
      field('vat_number', 'text', {
        format: 'vat',
        country_field: 'country',
        max: 30,
        required: false,
        when: { field: 'country', in: countries.filter((code) => !['US', 'CA', 'AU', 'NZ'].includes(code)) },
      }),
      field('city', 'text', { autocomplete: 'address-level2' }),
    ],
  },
  {
    id: 'owner',
    fields: [
      field('first_name', 'text', { autocomplete: 'given-name' }),
      field('last_name', 'text', { autocomplete: 'family-name' }),
      field('email', 'email', { max: 254, autocomplete: 'email' }),
      field('phone', 'tel', { max: 30, required: false, autocomplete: 'tel', placeholder: '+46 70 000 00 00' }),
      field('may_sign', 'checkbox', { width: 'full' }),
    ],
  },
];

/** The document of the default flow's `sign` step, where the partner has put one of this name. */
export const agreement = 'agreement';

/**
 * details → an account at every vendor whose key is stored, safely repeatable ones first, so that a refused answer comes back before
 * anything was opened that cannot be taken back → the partner's agreement, where it is there and Loyva's key is stored → billing where
 * Scribeless takes the payment → done.
 */
export function defaultFlow(vendors: readonly Provisioner[], signs = false): Flow {
  const steps: Step[] = [{ id: 'details', kind: 'details', sections: [...sections] }];
  const ordered = (['kelviq', 'scribeless'] as const).filter((vendor) => vendors.includes(vendor));
  if (ordered.length > 0)
    steps.push({
      id: 'accounts',
      kind: 'provision',
      accounts: ordered.map((vendor) => ({
        vendor,
        mapping: mappings[vendor].default,
        store: vendor === 'scribeless' ? ['scribeless', 'subscribr'] : [vendor],
      })),
    });
  if (signs)
    steps.push({
      id: 'sign',
      kind: 'sign',
      document: agreement,
      title: 'Agreement',
      signer: { email: 'email', name: ['first_name', 'last_name'], role: 'Customer' },
      fields: [],
    });
  if (ordered.includes('scribeless')) steps.push({ id: 'billing', kind: 'billing', vendor: 'scribeless' });
  steps.push({ id: 'done', kind: 'done' });
  return Flow.parse({ steps });
}
