import type { RunSummary } from '../../shared/partner.ts';

type Refusal = NonNullable<RunSummary['accounts'][number]['refusal']>;

/** A button: the call to Inlay that it stands for, and what it says. */
export interface Way {
  readonly call: 'retry' | 'reset';
  readonly vendor?: 'kelviq' | 'scribeless' | 'loyva';
  readonly step?: 'details' | 'sign';
  readonly word: string;
}

/** Something of a run that stands still: what was said to it, who can help, and the ways on. */
export interface Standstill {
  readonly title: string;
  readonly said: string | null;
  readonly helps: string;
  readonly ways: readonly Way[];
}

const names = { kelviq: 'Kelviq', scribeless: 'Scribeless', loyva: 'Loyva' } as const;
type Vendor = keyof typeof names;

const details: Way = { call: 'reset', step: 'details', word: 'Open the details again' };
const anew: Way = { call: 'reset', step: 'sign', word: 'Send it again' };
const again = (vendor: Vendor): Way => ({ call: 'retry', vendor, word: 'Ask again' });

/** Who can help with a refusal, and how. */
const helpers: Record<Refusal['reason'], (vendor: string) => string> = {
  key: (vendor) => `Whoever keeps our keys: once another key for ${vendor} is stored at Inlay, it goes on by itself.`,
  answers: (vendor) => `The customer: with the details open again, they can change what ${vendor} does not take.`,
  document: () => 'Whoever set up the onboarding: once the document is put, it goes on by itself.',
  vendor: (vendor) =>
    `${vendor}’s support: settle it with them, then ask again. Where it is about an answer, open the details for the customer.`,
  declined: () => 'The customer: talk about the reason, then send the agreement again, or let them change their details first.',
};

/** Everything of a run that waits for somebody's decision. What a vendor refused of details that are open again waits for nobody but the customer. */
export function standstills({ status, accounts, sign }: RunSummary): Standstill[] {
  const isStill = status === 'refused' || status === 'declined' || status === 'unknown';
  const stuck = accounts.flatMap(({ vendor, state, refusal }) => {
    if (state === 'unknown') return [lost(`the account at ${names[vendor]}`, vendor)];
    return refusal && isStill ? [refused(`The account at ${names[vendor]}`, refusal, vendor)] : [];
  });
  const agreement = sign ? agreementStandstill(sign) : undefined;
  return agreement ? [...stuck, agreement] : stuck;
}

function agreementStandstill({ state, refusal }: NonNullable<RunSummary['sign']>): Standstill | undefined {
  if (state === 'unknown') return lost('the agreement', 'loyva');
  if (state === 'declined' || state === 'voided' || state === 'expired') {
    const title = {
      declined: 'The customer declined the agreement',
      voided: 'The agreement was voided',
      expired: 'The agreement has expired',
    }[state];
    return { title, said: refusal?.said ?? null, helps: helpers.declined(''), ways: [anew, details] };
  }
  if (state === 'todo' || !refusal) return undefined;
  return refused(state === 'signed' ? 'The vault’s copy of the agreement' : 'The agreement', refusal, 'loyva');
}

const refused = (what: string, { reason, said }: Refusal, vendor: Vendor): Standstill => ({
  title: `${what} was refused`,
  said,
  helps: helpers[reason](names[vendor]),
  ways: reason === 'answers' ? [details, again(vendor)] : reason === 'vendor' ? [again(vendor), details] : [again(vendor)],
});

const lost = (what: string, vendor: Vendor): Standstill => ({
  title: `Nobody knows whether ${what} was made`,
  said: null,
  helps: `Whoever can look at ${names[vendor]}: if it is there, take it over with “inlay run adopt”. If not, ask again; that may make a second one.`,
  ways: [{ ...again(vendor), word: 'It is not there, ask again' }],
});

/** What a press came to, in a sentence. */
export const pressed = {
  retry: 'Asked again.',
  details: 'The details are open again, and the customer is told so.',
  sign: 'A new agreement is on its way to the customer.',
} as const;
