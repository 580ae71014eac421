import { fieldTraits } from '../../../../shared/signing/fields.ts';
import type { Answers } from '../answers/answers.ts';
import type { Model } from '../model.ts';
import { ChoiceDialog } from './choice-dialog.ts';
import type { Dialog, Entry } from './dialog.ts';
import { SignDialog } from './sign-dialog.ts';
import { TextDialog } from './text-dialog.ts';

/** Where a field is answered that is not answered in place. It begins with what the field has. */
export function dialogFor(entry: Entry, answers: Answers, model: Model): Dialog {
  const { field } = entry;
  const { type } = field;
  const value = answers.value(field);
  if (type === 'signature' || type === 'initials') {
    const { name } = model.view.you;
    // The next signature begins with the last one.
    const other = answers.asked.find((each) => each.type === type && answers.isDone(each));
    const before = value ?? (other ? answers.value(other) : null);
    return new SignDialog(entry, before, type === 'initials' ? initialsOf(name) : name);
  }
  if (fieldTraits[type].options) return new ChoiceDialog(entry, value);
  const fault = answers.faults.get(field.id);
  return new TextDialog(entry, value?.kind === 'text' ? value.text : '', fault ? model.sentence(fault) : '');
}

/** The first letters of a name, as it is written. */
const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => [...new Intl.Segmenter().segment(word)][0]?.segment ?? '')
    .join('')
    .slice(0, 10);
