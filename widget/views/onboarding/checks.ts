import { brokenRule, faultsOf } from '../../../shared/rules.ts';
import type { Form } from './form.ts';

/** Checks everything that is asked; true when all is well. */
export function checkAll(form: Form): boolean {
  form.faults.clear();
  form.strays = [];
  form.blame(faultsOf(form.sections, form.answers));
  return form.faults.size === 0;
}

/** Checks one field, and those that are wrong and read their country from it. */
export function checkField(form: Form, name: string): void {
  const field = form.fields.find((asked) => asked.name === name);
  const broken = field && brokenRule(field, form.values);
  if (broken) form.faults.set(name, { pointer: `/values/${name}`, ...broken });
  else form.faults.delete(name);
  for (const other of form.fields) if (other.country_field === name && form.faults.has(other.name)) checkField(form, other.name);
}
