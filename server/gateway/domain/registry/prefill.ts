import { pointerTo } from '../../../../shared/json-pointer.ts';
import { answerTo, isAsked, tidy } from '../../../../shared/onboarding/answers.ts';
import type { Field, Flow, SignStep, Values } from '../../../../shared/onboarding/flow.ts';
import type { Fault } from '../../../../shared/problem.ts';
import { fieldTraits } from '../../../../shared/signing/fields.ts';

/** What the flow's document says before its signer does: fields that the customer's answers fill in. */

/** A field of the document by its name, what fills it in, and the answers that this comes from. */
export interface Prefilled {
  readonly field: string;
  readonly answers: readonly string[];
  readonly value: string | boolean;
}

export const questionsOf = ({ steps }: Flow): Field[] =>
  steps.flatMap((step) => (step.kind === 'details' ? step.sections.flatMap(({ fields }) => fields) : []));

/** An answer as a document says it: nothing that cannot be seen, which pasting brings along and the vendor refuses. */
export const saidIn = (values: Values, name: string): string =>
  String(tidy(answerTo(values, name)) ?? '')
    .toWellFormed()
    .replace(/\p{Cc}/gu, '');

/** The fields that these answers fill in; whoever was not asked, or has not answered, leaves theirs as it is. */
export function prefilledBy({ prefill = {} }: SignStep, flow: Flow, values: Values): Prefilled[] {
  const asked = questionsOf(flow).filter((question) => isAsked(question, values));
  return Object.entries(prefill).flatMap(([field, from]): Prefilled[] => {
    const answers = [from].flat().filter((name) => asked.some((question) => question.name === name));
    const ticked = asked.some(({ name, kind }) => kind === 'checkbox' && name === answers[0]);
    if (ticked) return [{ field, answers, value: answerTo(values, answers[0] ?? '') === true }];
    const said = answers.map((name) => ({ name, text: saidIn(values, name) })).filter(({ text }) => text !== '');
    if (said.length === 0) return [];
    return [{ field, answers: said.map(({ name }) => name), value: said.map(({ text }) => text).join(' ') }];
  });
}

const fault = (pointer: string, message: string): Fault => ({ pointer, code: 'flow', message });

/** What a schema cannot say of what a flow's `sign` step fills in. The fields of a template, or of a form, the vendor alone knows. */
export function prefillFaults(flow: Flow): Fault[] {
  const questions = questionsOf(flow);
  return flow.steps.flatMap((step, i) => {
    if (step.kind !== 'sign') return [];
    const at = `/steps/${i}`;
    return [
      ...namedTwice(step, at),
      ...Object.entries(step.prefill ?? {}).flatMap(([name, from]) => {
        const here = at + pointerTo('prefill', name);
        const asked = [from].flat().map((each) => questions.find((question) => question.name === each));
        const missing = [from].flat().filter((_, n) => !asked[n]);
        return [
          ...missing.map((each) => fault(here, `No field is named ${each}.`)),
          ...(asked.length > 1 && asked.some((question) => question?.kind === 'checkbox')
            ? [fault(here, 'A tick is joined to nothing.')]
            : []),
          ...ownFieldFaults(step, name, asked, here),
        ];
      }),
    ];
  });
}

function namedTwice({ fields }: SignStep, at: string): Fault[] {
  const names = fields.map(({ name }) => name);
  return names.flatMap((name, f) =>
    name !== undefined && names.indexOf(name) < f ? [fault(`${at}/fields/${f}/name`, 'Another field has this name.')] : [],
  );
}

/** A step that says where its fields are has those and no others. */
function ownFieldFaults({ fields }: SignStep, name: string, asked: readonly (Field | undefined)[], at: string): Fault[] {
  if (fields.length === 0) return [];
  const field = fields.find((each) => each.name === name);
  if (!field) return [fault(at, `The step has no field named ${name}.`)];
  if (!fieldTraits[field.type].preset) return [fault(at, `A field of the type ${field.type} is filled in by its signer alone.`)];
  const ticks = fieldTraits[field.type].answers.includes('checked');
  return asked.some((question) => question && (question.kind === 'checkbox') !== ticks)
    ? [fault(at, ticks ? 'A checkbox is filled in by a checkbox.' : 'A checkbox fills in a checkbox only.')]
    : [];
}
