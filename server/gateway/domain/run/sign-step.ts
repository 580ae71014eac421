import type { SignStep, Values } from '../../../../shared/onboarding/flow.ts';
import type { Fault } from '../../../../shared/problem.ts';
import type { Box, Run, Signing } from '../records/ports.ts';
import { isRefused, unrefused } from '../records/refusal.ts';
import { type Prefilled, saidIn } from '../registry/prefill.ts';
import type { EnvelopeOrder } from './answers.ts';

export const signStepOf = ({ flow }: Pick<Run, 'flow'>): SignStep | undefined => flow.steps.find((step) => step.kind === 'sign');

/** The customer as the envelope names them. */
export interface Party {
  readonly email: string;
  readonly name: string;
}

/** Characters a signer's name may have at the vendor: with more the envelope would be refused, again and again. */
const longestName = 100;

export const partyOf = ({ signer }: SignStep, values: Values): Party => ({
  email: saidIn(values, signer.email),
  name: signer.name
    .map((field) => saidIn(values, field))
    .filter(Boolean)
    .join(' '),
});

/** What the answers must be for an envelope to be made: a name that is short enough, and two e-mails, since each names one signer. */
export function partyFaults(step: SignStep, values: Values): Fault[] {
  const { email, name } = partyOf(step, values);
  const faults: Fault[] = [];
  const excess = name.length - longestName;
  if (excess > 0) {
    const lengths = step.signer.name.map((field) => ({ field, typed: saidIn(values, field).length }));
    const { field, typed } = lengths.reduce((longest, each) => (each.typed > longest.typed ? each : longest));
    faults.push({ pointer: `/values/${field}`, code: 'too-long', params: { max: Math.max(typed - excess, 1), typed } });
  }
  if (email.toLowerCase() === step.countersigner?.email.toLowerCase())
    faults.push({
      pointer: `/values/${step.signer.email}`,
      code: 'email-countersigner',
      message: 'This e-mail is that of the other party.',
    });
  return faults;
}

/** Tells whether an envelope names the customer, and is filled in, as the answers are, without keeping either in the clear. */
export function markOf(box: Box, { email, name }: Party, prefilled: readonly Prefilled[]): string {
  const values = prefilled.map(({ field, value }) => [field, value]);
  return box.fingerprint(JSON.stringify(['party', email.toLowerCase(), name, ...(values.length > 0 ? [values] : [])]));
}

/** Where an envelope's step ends without a signature; only a new envelope leads on. */
export const endedUnsigned: ReadonlySet<Signing['state']> = new Set(['declined', 'voided', 'expired']);

/** Nobody can tell whether the envelope was made, and nothing more will be found out here: somebody has to say. */
export const isUnknown = (signing: Signing): boolean =>
  signing.state === 'planned' && signing.unclear && signing.nextAt === null && !isRefused(signing);

/** The vendor keeps this with the envelope; each further envelope of a run has its own. */
export const externalIdOf = ({ runId, round }: Pick<Signing, 'runId' | 'round'>): string => (round === 1 ? runId : `${runId}.${round}`);

export function orderOf(
  step: SignStep,
  { party, prefilled }: { party: Party; prefilled: readonly Prefilled[] },
  externalId: string,
  content: EnvelopeOrder['content'],
): EnvelopeOrder {
  const { signer, countersigner, fields } = step;
  const values = new Map(prefilled.map(({ field, value }) => [field, value]));
  const customer = { ...party, role: signer.role };
  const signers = countersigner ? [customer, { ...countersigner }] : [customer];
  return {
    externalId,
    title: step.title,
    content,
    signers,
    fields: fields.map(({ role, ...field }) => ({
      ...field,
      signer: signers.find((each) => each.role === role)?.email ?? '',
      value: values.get(field.name ?? ''),
    })),
    values: fields.length > 0 ? {} : Object.fromEntries(values),
  };
}

/** Another envelope is wanted: the one before it ended, was refused, or names somebody else. */
export const renewal = ({ round }: Pick<Signing, 'round'>, at: number) => ({
  state: 'planned' as const,
  round: round + 1,
  unclear: false,
  envelopeId: null,
  party: null,
  documentSha256: null,
  faults: [],
  vendorStatus: null,
  askedAt: null,
  checkedAt: null,
  nextAt: at,
  tries: 0,
  unreachable: false,
  ...unrefused,
});
