import type { Flow, SignStep, Values } from '../../../shared/onboarding.ts';
import type { Fault } from '../../../shared/problem.ts';
import type { Box, RunRow, SigningRow } from './ports.ts';
import { type Prefilled, questionsOf, saidIn } from './prefill.ts';
import { isRefused } from './refusal.ts';
import type { EnvelopeOrder } from './signing-vendor.ts';

export const signStepOf = ({ flow }: Pick<RunRow, 'flow'>): SignStep | undefined => flow.steps.find((step) => step.kind === 'sign');

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
export const endedUnsigned: ReadonlySet<SigningRow['state']> = new Set(['declined', 'voided', 'expired']);

/** Nobody can tell whether the envelope was made, and nothing more will be found out here: somebody has to say. */
export const isUnknown = (signing: SigningRow): boolean =>
  signing.state === 'planned' && signing.unclear && signing.next_at === null && !isRefused(signing);

/** The vendor keeps this with the envelope; each further envelope of a run has its own. */
export const externalIdOf = ({ run_id, round }: Pick<SigningRow, 'run_id' | 'round'>): string =>
  round === 1 ? run_id : `${run_id}.${round}`;

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

const fault = (pointer: string, message: string): Fault => ({ pointer, code: 'flow', message });

/** What a schema cannot say of the flow's `sign` step. `documents`: the names of what the partner has put. */
export function signFaults({ steps }: Flow, documents: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  if (steps.filter(({ kind }) => kind === 'sign').length > 1) faults.push(fault('/steps', 'At most one step is "sign".'));
  const questions = questionsOf({ steps });
  const always = (name: string) => questions.find((field) => field.name === name && field.required && !field.when);
  steps.forEach((step, i) => {
    if (step.kind !== 'sign') return;
    const at = `/steps/${i}`;
    const { signer, countersigner, fields } = step;
    faults.push(...contentFaults(step, at, documents));
    const email = always(signer.email);
    if (!email || (email.kind !== 'email' && email.format !== 'email'))
      faults.push(fault(`${at}/signer/email`, 'The signer is asked for by an e-mail field that is always required.'));
    for (const [n, name] of signer.name.entries())
      if (!always(name)) faults.push(fault(`${at}/signer/name/${n}`, `No field that is always required is named ${name}.`));
    if (countersigner?.role === signer.role) faults.push(fault(`${at}/countersigner/role`, 'The two parties have different roles.'));
    faults.push(...boxFaults(step, `${at}/fields`));
    for (const role of rolesOf(step))
      if (fields.length > 0 && !fields.some((field) => field.role === role && field.type === 'signature'))
        faults.push(fault(`${at}/fields`, `${role} has no signature field.`));
  });
  return faults;
}

/** A step has a document that is there, or a template, whose fields are the vendor's affair; what a template is the vendor alone knows. */
function contentFaults({ document, template_id, fields }: SignStep, at: string, documents: readonly string[]): Fault[] {
  if (template_id !== undefined)
    return [
      ...(document === undefined ? [] : [fault(`${at}/document`, 'A step has a document or a template, not both.')]),
      ...(fields.length === 0 ? [] : [fault(`${at}/fields`, 'A template has its own fields.')]),
    ];
  if (document === undefined) return [fault(`${at}/document`, 'A step has a document or a template_id.')];
  return documents.includes(document) ? [] : [fault(`${at}/document`, `The partner has no document named ${document}.`)];
}

const rolesOf = ({ signer, countersigner }: SignStep): string[] => [signer.role, ...(countersigner ? [countersigner.role] : [])];

function boxFaults(step: SignStep, at: string): Fault[] {
  return step.fields.flatMap(({ role, x, y, width, height }, f) => [
    ...(rolesOf(step).includes(role) ? [] : [fault(`${at}/${f}/role`, `Nobody signs as ${role}.`)]),
    ...(x + width <= 1 && width > 0 ? [] : [fault(`${at}/${f}/width`, 'The field lies within its page.')]),
    ...(y + height <= 1 && height > 0 ? [] : [fault(`${at}/${f}/height`, 'The field lies within its page.')]),
  ]);
}
