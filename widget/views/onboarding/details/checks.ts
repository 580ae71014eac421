import { brokenRule, faultsOf, type Unprinted } from '../../../../shared/onboarding/rules.ts';
import type { Form } from './form.ts';

let unprinted: Unprinted | undefined;

/** Brings the table of what can be printed, at the first letter that is not Latin; without it the gateway alone can tell. */
export async function bringTable(text: string): Promise<void> {
  if (!/[\u0250-\uffff]/.test(text)) return;
  const written = await import('../../../../shared/text/written.ts').catch(() => undefined);
  unprinted = written?.unprinted;
}

/** Checks everything that is asked; true when all is well. */
export function checkAll(form: Form): boolean {
  form.faults.clear();
  form.strays = [];
  form.blame(faultsOf(form.sections, form.answers, unprinted));
  return form.faults.size === 0;
}

/** Checks one field, and those that are wrong and read their country from it. */
export function checkField(form: Form, name: string): void {
  const field = form.fields.find((asked) => asked.name === name);
  const broken = field && brokenRule(field, form.values, unprinted);
  if (broken) form.faults.set(name, { pointer: `/values/${name}`, ...broken });
  else form.faults.delete(name);
  for (const other of form.fields) if (other.country_field === name && form.faults.has(other.name)) checkField(form, other.name);
}
