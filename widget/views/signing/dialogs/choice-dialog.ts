import { html, type TemplateResult } from 'lit/html.js';
import type { FieldValue } from '../../../../shared/signing/fields.ts';
import { drawn } from '../../../parts/icons.ts';
import { primary, quiet } from '../../../parts/pieces.ts';
import { icons } from '../icons.ts';
import type { Model } from '../model.ts';
import { type Dialog, dialogView, type Entry, errorLine } from './dialog.ts';

/** Where one of several options is chosen: from a list, or from a radio's buttons side by side, which on paper may be small. */
export class ChoiceDialog implements Dialog {
  readonly opener: string;
  readonly #entry: Entry;
  /** Empty: none of them. */
  #option: string;
  #error = '';
  #busy = false;

  constructor(entry: Entry, value: FieldValue | null) {
    this.opener = entry.opener;
    this.#entry = entry;
    this.#option = value?.kind === 'chosen' ? value.option : '';
  }

  render(model: Model): TemplateResult {
    const { words } = model;
    const { type } = this.#entry.field;
    return dialogView(model, {
      title: words.say(`do.${type}`),
      close: words.say('text.close'),
      onClose: this.#entry.close,
      onSubmit: () => this.#use(model),
      body: html`
        <div class="field" part="field">
          ${type === 'radio' ? this.#buttonsView(model) : this.#listView(model)}
          ${errorLine('choice-error', this.#error)}
          <p class="hint" part="hint" id="choice-hint">${words.say(`how.${type}`)}</p>
        </div>
        <div class="actions" part="actions">
          ${primary({ label: words.say('text.use'), busy: this.#busy ? words.say('text.busy') : undefined })}
          ${quiet(words.say('text.cancel'), this.#entry.close)}
        </div>`,
    });
  }

  #listView(model: Model): TemplateResult {
    const { words } = model;
    const { options, required } = this.#entry.field;
    return html`
      <label class="label" part="label" for="choice">${model.label(this.#entry.field)}</label>
      <div class="control">
        <select class="input" part="input" id="choice" autofocus ?required=${required} aria-invalid=${this.#error !== ''} aria-describedby=${this.#described}
          @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}>
          <option value="" .selected=${this.#option === ''}>${words.say(required ? 'choice.choose' : 'choice.none')}</option>
          ${options?.map(({ value, label }) => html`<option value=${value} .selected=${value === this.#option}>${label}</option>`)}
        </select>
        ${drawn(icons.down)}
      </div>`;
  }

  #buttonsView(model: Model): TemplateResult {
    const { words } = model;
    const { options = [], required } = this.#entry.field;
    const all = [...(options ?? []), ...(required ? [] : [{ value: '', label: words.say('choice.none') }])];
    const first = all.find(({ value }) => value === this.#option) ?? all[0];
    return html`
      <fieldset class="choices" role="radiogroup" aria-required=${required} aria-invalid=${this.#error !== ''} aria-describedby=${this.#described}>
        <legend class="label" part="label">${model.label(this.#entry.field)}</legend>
        ${all.map(
          (
            option,
          ) => html`<label class="check" part="check"><input type="radio" name="choice" value=${option.value} ?autofocus=${option === first}
            .checked=${option.value === this.#option} @change=${() => this.#choose(option.value)}> <span><bdi>${option.label}</bdi></span></label>`,
        )}
      </fieldset>`;
  }

  get #described(): string {
    return this.#error ? 'choice-error choice-hint' : 'choice-hint';
  }

  #choose(option: string): void {
    this.#option = option;
    this.#error = '';
    this.#entry.changed();
  }

  async #use({ words }: Model): Promise<void> {
    if (this.#busy) return;
    const option = this.#option;
    this.#error = !option && this.#entry.field.required ? words.say('fault.choose') : '';
    this.#busy = this.#error === '';
    this.#entry.changed();
    if (this.#error) return;
    this.#error = await this.#entry.use(option ? { kind: 'chosen', option } : null);
    this.#busy = false;
    this.#entry.changed();
  }
}
