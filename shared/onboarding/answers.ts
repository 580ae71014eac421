import type { Field, Values } from './flow.ts';

export type Answer = string | boolean | undefined;

/** What was answered; never what every object inherits: a field may be named `constructor`. */
export const answerTo = (values: Values, name: string): Answer => (Object.hasOwn(values, name) ? values[name] : undefined);

/** Is the field asked, given the other answers? */
export const isAsked = ({ when }: Field, values: Values): boolean => !when || when.in.includes(answerTo(values, when.field) ?? '');

/** An answer without outer and doubled white space. */
export const tidy = (answer: Answer): Answer => (typeof answer === 'string' ? answer.normalize('NFC').trim().replace(/\s+/g, ' ') : answer);

export const tidied = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tidy(value) ?? ''])) as Values;
