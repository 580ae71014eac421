import type { Flow, SignStep } from '../../../../shared/onboarding/flow.ts';
import type { Fault } from '../../../../shared/problem.ts';
import { questionsOf } from './prefill.ts';

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
