import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Fault } from '../../../shared/problem.ts';
import { labelOf } from '../../../shared/signing/fields.ts';
import { type Content, notice } from '../../parts/pieces.ts';
import type { Words } from '../../text/words.ts';
import type { Frame } from '../view.ts';
import type { Outlines } from './answers/outlines.ts';
import type { Ceremony, Field } from './state.ts';

export type Signer = Ceremony['signers'][number];

/** What every model is drawn from, made anew for each rendering. */
export class Model {
  readonly words: Words;
  /** Level of the model's heading. */
  readonly level: number;
  readonly view: Ceremony;
  /** Why an act of the signer did not come about, with the act's name. */
  readonly trouble: Content;
  /** Nothing reaches the server. */
  readonly away: 'offline' | 'unreached' | undefined;
  readonly outlines: Outlines | undefined;

  constructor({ words, level }: Frame, view: Ceremony, trouble: Content, away: Model['away'], outlines?: Outlines) {
    this.words = words;
    this.level = level;
    this.view = view;
    this.trouble = trouble;
    this.away = away;
    this.outlines = outlines;
  }

  /** Who has to sign before the one who asks, or after them. */
  get next(): Signer | undefined {
    return this.view.signers.find(({ you, state }) => !you && state !== 'signed' && state !== 'declined');
  }

  /** A signer's name, or what is known of somebody no longer listed. */
  signer(id: string): string {
    return this.view.signers.find((signer) => signer.id === id)?.name ?? '';
  }

  /** What a field is called: the sender's word for it, or its type's. */
  label({ label, type }: Field): string {
    return label || this.words.say(`type.${type}`);
  }

  /** What an answer says, for those who do not see it: an option by its label. */
  said({ options }: Field, value: Field['value']): string {
    if (value?.kind === 'chosen') return labelOf(value.option, options);
    return value && 'text' in value ? value.text : '';
  }

  /** What is wrong with an answer, also by a rule that this version does not know. */
  sentence({ code, params }: Pick<Fault, 'code' | 'params'>): string {
    return this.words.find(`fault.${code}`, params) ?? this.words.say('fault.other');
  }

  /** Above everything: that the connection is lost. */
  strip(): TemplateResult {
    const { words, away, level } = this;
    return html`<div class="strip">${
      away ? notice('warning', 'off', words.say(`away.${away}`), level + 1, words.say('away.text')) : nothing
    }${this.trouble}</div>`;
  }
}
