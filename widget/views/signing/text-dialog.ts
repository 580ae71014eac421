import { html, type nothing, type TemplateResult } from 'lit/html.js';
import { longest } from '../../../shared/fields.ts';
import { primary, quiet } from '../../parts/pieces.ts';
import type { Field } from './answers.ts';
import { type Dialog, dialogView, errorLine } from './dialog.ts';
import type { Scene } from './scene.ts';
import type { DialogWays } from './sign-dialog.ts';

/** A field higher than this (points) holds more than one line. */
const tall = 30;

/** Where a name or a text is written. */
export class TextDialog implements Dialog {
  readonly opener: string;
  readonly #field: Field;
  readonly #ways: DialogWays;
  #text: string;
  #error: string;
  #busy = false;

  /** `error` is what is wrong with the text it begins with. */
  constructor(field: Field, text: string, error: string, ways: DialogWays) {
    this.opener = `m-${field.id}`;
    this.#field = field;
    this.#text = text;
    this.#error = error;
    this.#ways = ways;
  }

  render(scene: Scene): TemplateResult {
    const { words, view } = scene;
    const { type, page, height } = this.#field;
    const high = height * (view.document.pages[page - 1]?.height ?? 0) > tall;
    return dialogView(scene, {
      title: words.say(`do.${type}`),
      close: words.say('text.close'),
      onClose: this.#ways.close,
      onSubmit: () => this.#use(scene),
      body: html`
        <div class="field" part="field">
          <label class="label" part="label" for="text">${scene.label(this.#field)}</label>
          ${high && type === 'text' ? this.#areaView() : this.#inputView(type)}
          ${errorLine('text-error', this.#error)}
          <p class="hint" part="hint" id="text-hint">${words.say(type === 'name' ? 'how.name' : 'how.text')}</p>
        </div>
        <div class="actions" part="actions">
          ${primary({ label: words.say('text.use'), busy: this.#busy ? words.say('text.busy') : undefined })}
          ${quiet(words.say('text.cancel'), this.#ways.close)}
        </div>`,
    });
  }

  #inputView(type: Field['type']): TemplateResult {
    return html`<input class="input" part="input" id="text" .value=${this.#text} maxlength=${longest.text} dir="auto" autofocus
      autocomplete=${type === 'name' ? 'name' : 'off'} aria-invalid=${this.#error !== ''} aria-describedby=${this.#described} @input=${this.#onType}>`;
  }

  #areaView(): TemplateResult {
    return html`<textarea class="input" part="input" id="text" rows="4" .value=${this.#text} maxlength=${longest.text} dir="auto" autofocus
      aria-invalid=${this.#error !== ''} aria-describedby=${this.#described} @input=${this.#onType}></textarea>`;
  }

  get #described(): string | typeof nothing {
    return this.#error ? 'text-error text-hint' : 'text-hint';
  }

  async #use({ words }: Scene): Promise<void> {
    if (this.#busy) return;
    const text = this.#text.trim();
    this.#error = !text && this.#field.required ? words.say('fault.required') : '';
    this.#busy = this.#error === '';
    this.#ways.changed();
    if (this.#error) return;
    this.#error = await this.#ways.use(this.#field, text ? { kind: 'text', text } : null);
    this.#busy = false;
    this.#ways.changed();
  }

  readonly #onType = (event: Event): void => {
    this.#text = (event.target as HTMLInputElement).value;
    this.#error = '';
    this.#ways.changed();
  };
}
