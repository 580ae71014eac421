import type { TemplateResult } from 'lit/html.js';
import type { Frame } from '../view.ts';
import type { Acts } from './acts.ts';
import { consentView } from './consent.ts';
import { DeclineDialog } from './dialogs/decline-dialog.ts';
import type { OpenDialog } from './dialogs/open-dialog.ts';
import type { Model } from './model.ts';

/** The consent as it is given: its tick, its press, or the way to sign on paper. */
export class ConsentStep {
  readonly #host: Frame;
  readonly #acts: Acts;
  readonly #dialog: OpenDialog;
  #ticked = false;
  #missing = false;

  constructor(host: Frame, acts: Acts, dialog: OpenDialog) {
    this.#host = host;
    this.#acts = acts;
    this.#dialog = dialog;
  }

  render(model: Model): TemplateResult {
    return consentView(model, {
      ticked: this.#ticked,
      missing: this.#missing,
      busy: this.#acts.busy === 'consent',
      onTick: (ticked) => {
        this.#ticked = ticked;
        this.#missing = false;
        this.#host.requestUpdate();
      },
      onGo: () => {
        this.#missing = !this.#ticked;
        if (this.#missing) this.#host.focusOn('agreed');
        else void this.#acts.consent();
      },
      onPaper: () => {
        const reason = this.#host.words.say('consent.paper.reason');
        this.#dialog.show(new DeclineDialog('paper', reason, this.#host, this.#acts, this.#dialog));
      },
    });
  }
}
