import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Field, Section } from '../../../shared/onboarding/flow.ts';
import type { Fault } from '../../../shared/problem.ts';
import { type Content, notice } from '../../parts/pieces.ts';
import { type Kept, savedMark } from '../../parts/saved.ts';
import type { Words } from '../../text/words.ts';
import type { Host } from '../view.ts';
import type { Form } from './details/form.ts';
import type { Run, RunState, Step } from './state.ts';

export type Cut = 'offline' | 'unreached' | undefined;

/** What every step is drawn from, made anew for each rendering. */
export class Model {
  readonly words: Words;
  /** Level of the step's heading. */
  readonly level: number;
  readonly run: Run;
  readonly step: Step;
  readonly form: Form;
  readonly saved: Kept;
  /** Why nothing reaches the gateway, if so. */
  readonly cut: Cut;
  readonly #now: number;

  constructor({ words, level, client }: Host, { view, step, form }: RunState, saved: Kept, cut: Cut) {
    this.words = words;
    this.level = level;
    this.run = view;
    this.step = step;
    this.form = form;
    this.saved = saved;
    this.cut = cut;
    this.#now = client.session.now();
  }

  /** The step after this one. */
  get next(): Step | undefined {
    return this.run.steps[this.run.steps.indexOf(this.step) + 1];
  }

  /** Turn line and saved mark, heading, lead; below them that the connection is lost, while it is. */
  head(turn: Content, title: Content, lead: string): TemplateResult {
    return html`
      <div class="content-head">
        <div class="content-top">${turn} ${savedMark(this.words, this.saved, this.run.saved_at)}</div>
        ${title}
        <p class="lead" part="lead">${lead}</p>
      </div>
      ${this.#cutNotice()}`;
  }

  #cutNotice(): Content {
    const { words, cut, level, run, step } = this;
    if (!cut) return nothing;
    const text = words.say(step.kind === 'details' && run.details.editable ? 'cut.form' : 'cut.wait');
    return notice('warning', 'off', words.say(`cut.${cut}`), level + 1, text);
  }

  /** How long ago an instant was, as in "6 s". */
  since(instant: string): string {
    return this.words.span(this.#now - Date.parse(instant));
  }

  vendor(name: string): string {
    return this.words.find(`vendor.${name}`) ?? name;
  }

  stepLabel({ kind, label }: Step): string {
    return this.words.pick(label) ?? this.words.say(`step.${kind}`);
  }

  /** The verb on the button that leads to the next step. */
  get goLabel(): string {
    const { words, next } = this;
    const named = words.pick(next?.label);
    return named ? words.say('go.named', { step: named }) : words.say(`go.${next?.kind ?? 'done'}`);
  }

  sectionLabel({ id, label }: Section): string {
    return this.words.pick(label) ?? this.words.find(`section.${id}`) ?? capital(id);
  }

  fieldLabel({ name, label }: Field): string {
    return this.words.pick(label) ?? this.words.find(`field.${name}`) ?? capital(name);
  }

  /** What a choice is called. */
  choiceLabel({ options, kind }: Field, value: string): string {
    const label = options?.find((option) => option.value === value)?.label;
    return this.words.pick(label) ?? (kind === 'country' && value ? this.words.country(value) : value);
  }

  /** The sentence of a fault, also of a rule that this version does not know. */
  sentence({ code, params }: Fault): string {
    const named = { ...params, vendor: this.vendor(String(params?.['vendor'] ?? '')) };
    return this.words.find(`rule.${code}${params?.['said'] ? '.said' : ''}`, named) ?? this.words.say('rule.other');
  }
}

const capital = (name: string): string => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ');
