import { nothing, type TemplateResult } from 'lit/html.js';
import type { Frame } from '../../view.ts';
import type { Model } from '../model.ts';
import type { Dialog } from './dialog.ts';

/** The one dialog that may be open. */
export class OpenDialog {
  readonly #host: Frame;
  #dialog: Dialog | undefined;

  constructor(host: Frame) {
    this.#host = host;
  }

  get isOpen(): boolean {
    return this.#dialog !== undefined;
  }

  show(dialog: Dialog): void {
    this.#dialog = dialog;
    this.#host.requestUpdate();
  }

  /** Closes it; the focus goes back to what had opened it. */
  readonly close = (): void => {
    const opener = this.#dialog?.opener;
    this.#dialog = undefined;
    if (opener) this.#host.focusOn(opener);
    this.#host.requestUpdate();
  };

  /** What it belonged to is gone, and what had opened it. */
  drop(): void {
    this.#dialog = undefined;
  }

  render(model: Model): TemplateResult | typeof nothing {
    return this.#dialog?.render(model) ?? nothing;
  }

  /** Shows the dialog that was just drawn, above everything. */
  drawn(): void {
    this.#host.renderRoot.querySelector<HTMLDialogElement>('dialog:not([open])')?.showModal();
  }
}
