import { html, nothing, type TemplateResult } from 'lit/html.js';
import { lengthOf, longest } from '../../../../shared/signing/fields.ts';
import { primary, quiet } from '../../../parts/pieces.ts';
import type { Words } from '../../../text/words.ts';
import type { Model } from '../model.ts';
import type { Field } from '../state.ts';
import { type Dialog, dialogView, type Entry, errorLine } from './dialog.ts';
import { typingFault } from './typing.ts';

/** A field higher than this (points) holds more than one line. */
const tall = 30;

/** Where a name or a text is written. */
export class TextDialog implements Dialog {
  readonly opener: string;
  readonly #entry: Entry;
  #text: string;
  #error: string;
  #busy = false;

  /** `error` is what is wrong with the text it begins with. */
  constructor(entry: Entry, text: string, error: string) {
    this.opener = entry.opener;
    this.#entry = entry;
    this.#text = text;
    this.#error = error;
  }

  render(model: Model): TemplateResult {
    const { words, view } = model;
    const { type, page, height, multiline } = this.#entry.field;
    const fault =
      this.#error || this.#tooLong(words) || typingFault(model, this.#entry.field, { kind: 'text', text: this.#said }, this.#entry.changed);
    const high = height * (view.document.pages[page - 1]?.height ?? 0) > tall;
    return dialogView(model, {
      title: words.say(`do.${type}`),
      close: words.say('text.close'),
      onClose: this.#entry.close,
      onSubmit: () => this.#use(model),
      body: html`
        <div class="field" part="field">
          <label class="label" part="label" for="text">${model.label(this.#entry.field)}</label>
          ${multiline || (high && type === 'text') ? this.#areaView(fault) : this.#inputView(type, fault)}
          ${errorLine('text-error', fault)}
          <p class="hint hint-row" part="hint" id="text-hint"><span>${words.say(type === 'name' ? 'how.name' : 'how.text')}</span> ${this.#countView(words)}</p>
        </div>
        <div class="actions" part="actions">
          ${primary({ label: words.say('text.use'), busy: this.#busy ? words.say('text.busy') : undefined })}
          ${quiet(words.say('text.cancel'), this.#entry.close)}
        </div>`,
    });
  }

  #countView(words: Words): TemplateResult | typeof nothing {
    const { max_length: max } = this.#entry.field;
    return max === null ? nothing : html`<span class="num">${words.say('text.count', { n: lengthOf(this.#said), max })}</span>`;
  }

  /** Characters as the server counts them: an emoji or a rare Han letter is one, which `maxlength` takes for two. */
  #tooLong(words: Words): string {
    const { max_length: max } = this.#entry.field;
    return max !== null && lengthOf(this.#said) > max ? words.say('fault.too-long', { max }) : '';
  }

  /** As it will be kept: a field of one line has no line breaks, whatever it was written in. */
  get #said(): string {
    const text = this.#text.trim();
    return this.#entry.field.multiline ? text : text.replace(/\s*[\n\r]+\s*/g, ' ');
  }

  #inputView(type: Field['type'], fault: string): TemplateResult {
    return html`<input class="input" part="input" id="text" .value=${this.#text} maxlength=${longest.text} dir="auto" autofocus
      autocomplete=${type === 'name' ? 'name' : 'off'} aria-invalid=${fault !== ''} aria-describedby=${describedBy(fault)} @input=${this.#onType}>`;
  }

  #areaView(fault: string): TemplateResult {
    return html`<textarea class="input" part="input" id="text" rows="4" .value=${this.#text} maxlength=${longest.text} dir="auto" autofocus
      aria-invalid=${fault !== ''} aria-describedby=${describedBy(fault)} @input=${this.#onType} @keydown=${this.#onKey}></textarea>`;
  }

  async #use({ words }: Model): Promise<void> {
    if (this.#busy) return;
    const text = this.#said;
    this.#error = !text && this.#entry.field.required ? words.say('fault.required') : this.#tooLong(words);
    this.#busy = this.#error === '';
    this.#entry.changed();
    if (this.#error) return;
    this.#error = await this.#entry.use(text ? { kind: 'text', text } : null);
    this.#busy = false;
    this.#entry.changed();
  }

  /** Where no line can begin, Enter is the button's; not while an input method is at work. */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing || this.#entry.field.multiline) return;
    event.preventDefault();
    (event.target as HTMLTextAreaElement).form?.requestSubmit();
  };

  readonly #onType = (event: Event): void => {
    this.#text = (event.target as HTMLInputElement).value;
    this.#error = '';
    this.#entry.changed();
  };
}

const describedBy = (fault: string): string => (fault ? 'text-error text-hint' : 'text-hint');
