import { html, nothing } from 'lit/html.js';
import { type Content, notice } from '../../../parts/pieces.ts';
import type { Frame } from '../../view.ts';
import type { CeremonyState } from '../state.ts';
import { type Opening, saveFile } from './opening.ts';

/** The document handed to the signer as a file: as it is to be signed, or sealed. */
export class Download {
  busy = false;
  /** It could not be had. */
  trouble: Content = nothing;
  readonly #host: Frame;
  readonly #state: CeremonyState;
  readonly #opening: Opening;

  constructor(host: Frame, state: CeremonyState, opening: Opening) {
    this.#host = host;
    this.#state = state;
    this.#opening = opening;
  }

  readonly start = async (): Promise<void> => {
    if (this.busy) return;
    const { words, level } = this.#host;
    this.busy = true;
    this.trouble = nothing;
    this.#host.requestUpdate();
    try {
      saveFile(await this.#opening.download(this.#state.view), this.#state.view.document.filename);
    } catch {
      this.trouble = html`<div role="alert">${notice('warning', 'alert', words.say('sign.download.failed'), level + 1, '')}</div>`;
    } finally {
      this.busy = false;
      this.#host.requestUpdate();
    }
  };
}
