import { html, nothing, type TemplateResult } from 'lit/html.js';
import { primary, quiet } from '../../../parts/pieces.ts';
import type { Frame } from '../../view.ts';
import type { Acts } from '../acts.ts';
import type { Model } from '../model.ts';
import { type Dialog, dialogView, errorLine } from './dialog.ts';
import type { OpenDialog } from './open-dialog.ts';

/** Longest reason, in characters, as the contract says. */
const most = 500;

/** Where a signer says why they do not sign. */
export class DeclineDialog implements Dialog {
  readonly opener: string;
  readonly #host: Frame;
  readonly #acts: Acts;
  readonly #open: OpenDialog;
  #reason: string;
  #error = '';
  #busy = false;

  /** `reason` is what it begins with. */
  constructor(opener: string, reason: string, host: Frame, acts: Acts, open: OpenDialog) {
    this.opener = opener;
    this.#reason = reason;
    this.#host = host;
    this.#acts = acts;
    this.#open = open;
  }

  render(model: Model): TemplateResult {
    const { words, view } = model;
    return dialogView(model, {
      title: words.say('decline.title'),
      close: words.say('decline.close'),
      onClose: this.#open.close,
      onSubmit: () => undefined,
      body: html`
        <p class="muted">${words.say('decline.lead', { sender: view.sender })}</p>
        <div class="field" part="field">
          <label class="label" part="label" for="reason">${words.say('decline.reason')}</label>
          <textarea class="input" part="input" id="reason" rows="3" .value=${this.#reason} maxlength=${most} dir="auto" autofocus
            aria-invalid=${this.#error !== ''} aria-describedby=${this.#error ? 'reason-error' : nothing} @input=${this.#onType}></textarea>
          ${errorLine('reason-error', this.#error)}
        </div>
        <div class="actions" part="actions">
          ${primary({
            label: words.say('decline.go'),
            busy: this.#busy ? words.say('decline.busy') : undefined,
            // The press itself, not the form's submit: a script's press ends in a submit that the browser calls trusted.
            press: (event) => this.#decline(model, event),
          })}
          ${quiet(words.say('decline.cancel'), this.#open.close)}
        </div>`,
    });
  }

  async #decline({ words }: Model, event: Event): Promise<void> {
    if (this.#busy) return;
    const reason = this.#reason.trim();
    this.#error = reason ? '' : words.say('decline.missing');
    this.#busy = this.#error === '';
    this.#host.requestUpdate();
    if (this.#error) return;
    this.#error = await this.#acts.decline(event, reason);
    if (!this.#error) this.#open.close();
    this.#busy = false;
    this.#host.requestUpdate();
  }

  readonly #onType = (event: Event): void => {
    this.#reason = (event.target as HTMLInputElement).value;
    this.#error = '';
    this.#host.requestUpdate();
  };
}
