import { fieldTraits } from '../../../../shared/fields.ts';
import type { Answers, Field } from '../answers/answers.ts';
import { faultText } from '../desk/guide.ts';
import type { Model } from '../model.ts';
import { ChoiceDialog } from './choice-dialog.ts';
import type { Dialog } from './dialog.ts';
import { type DialogWays, SignDialog } from './sign-dialog.ts';
import { TextDialog } from './text-dialog.ts';

/** Where a field is answered that is not answered in place. It begins with what the field has. */
export function dialogFor(field: Field, answers: Answers, model: Model, ways: DialogWays): Dialog {
  const { type } = field;
  const value = answers.value(field);
  if (type === 'signature' || type === 'initials') {
    const { name } = model.view.you;
    // The next signature begins with the last one.
    const other = answers.asked.find((each) => each.type === type && answers.isDone(each));
    const before = value ?? (other ? answers.value(other) : null);
    return new SignDialog(field, before, type === 'initials' ? initialsOf(name) : name, ways);
  }
  if (fieldTraits[type].options) return new ChoiceDialog(field, value, ways);
  const fault = answers.faults.get(field.id);
  return new TextDialog(field, value?.kind === 'text' ? value.text : '', fault ? faultText(model, fault) : '', ways);
}

/** The first letters of a name, as it is written. */
const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => [...new Intl.Segmenter().segment(word)][0]?.segment ?? '')
    .join('')
    .slice(0, 10);
