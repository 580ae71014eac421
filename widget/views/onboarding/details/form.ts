import { isAsked, tidy } from '../../../../shared/onboarding/answers.ts';
import type { Field, Section, Values } from '../../../../shared/onboarding/flow.ts';
import type { OnboardingView } from '../../../../shared/onboarding/onboarding.ts';
import type { Fault } from '../../../../shared/problem.ts';

export type Answer = string | boolean;

/** The answers as they stand on this page: what the gateway has, what was typed since, and what is wrong with them. No DOM. */
export class Form {
  sections: readonly Section[] = [];
  readonly faults = new Map<string, Fault>();
  /** Faults that were found, but at no field that is asked. */
  strays: Fault[] = [];
  /** Fields changed since they were last left. */
  readonly touched = new Set<string>();
  #locked: readonly string[] = [];
  #kept: Values = {};
  #typed: Values = {};
  #vendorFaults = '[]';

  get values(): Values {
    return { ...this.#kept, ...this.#typed };
  }

  /** What the gateway does not have yet. */
  get unsaved(): Values {
    return { ...this.#typed };
  }

  get dirty(): boolean {
    return Object.keys(this.#typed).length > 0;
  }

  /** The fields that are asked, in order. */
  get fields(): Field[] {
    return this.sections.flatMap((section) => this.asked(section));
  }

  asked(section: Section): Field[] {
    const { values } = this;
    return section.fields.filter((field) => isAsked(field, values));
  }

  /** All that is asked, as it is handed in. */
  get answers(): Values {
    const given = this.fields.map(({ name }) => [name, tidy(this.values[name])] as const);
    return Object.fromEntries(given.filter((pair): pair is [string, Answer] => pair[1] !== undefined));
  }

  answer(name: string): Answer {
    return this.values[name] ?? '';
  }

  isLocked(name: string): boolean {
    return this.#locked.includes(name);
  }

  type(name: string, answer: Answer): void {
    this.#typed[name] = answer;
    this.touched.add(name);
  }

  /** Takes the gateway's answers; what was typed here and not yet saved stays. Says whether a vendor gave back new faults. */
  take({ sections, values, locked, faults }: OnboardingView['details']): boolean {
    this.sections = sections;
    this.#locked = locked;
    for (const name of locked) delete this.#typed[name];
    // Equal but for white space keeps the spelling on this page: a space at the end may be a name half typed.
    const mine = Object.entries(this.values).filter(([name, answer]) => tidy(answer) === tidy(values[name]));
    this.#kept = {};
    this.keep({ ...values, ...Object.fromEntries(mine) });
    const news = JSON.stringify(faults);
    if (news === this.#vendorFaults) return false;
    this.#vendorFaults = news;
    this.strays = [];
    this.blame(faults);
    return faults.length > 0;
  }

  /** The gateway has these now; what was typed since stays unsaved. */
  keep(values: Values): void {
    this.#kept = { ...this.#kept, ...values };
    this.#typed = Object.fromEntries(Object.entries(this.#typed).filter(([name, answer]) => answer !== values[name]));
  }

  /** Takes faults that somebody found, at the fields they point to if those are asked. */
  blame(faults: readonly Fault[]): void {
    for (const fault of faults) {
      const name = fault.pointer.replace('/values/', '');
      if (this.fields.some((field) => field.name === name)) this.faults.set(name, fault);
      else this.strays.push(fault);
    }
  }
}
