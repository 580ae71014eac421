import { html, nothing } from 'lit/html.js';
import { type Content, notice, turnLine } from '../../../parts/pieces.ts';
import { asLinkError, LinkError } from '../../../session/link-error.ts';
import type { Host } from '../../view.ts';
import type { Model } from '../model.ts';
import type { Run, RunState } from '../state.ts';
import { bringTable, checkAll, checkField } from './checks.ts';
import { Draft } from './draft.ts';
import type { Form } from './form.ts';
import { faulty, summaryView } from './summary.ts';

/**
 * Now, or when what the pointer holds down is let go and has had its click: a fault that came out in between would push the button from
 * under the pointer, and the press would count for nothing.
 */
function onceReleased(act: () => void): void {
  if (document.documentElement.matches(':active')) {
    const over = new AbortController();
    const release = () => {
      over.abort();
      setTimeout(act);
    };
    for (const type of ['pointerup', 'pointercancel', 'click'])
      window.addEventListener(type, release, { signal: over.signal, capture: true });
  } else act();
}

/** The details step once somebody answers: checking, keeping, handing in. */
export class DetailsStep {
  readonly draft: Draft;
  sending = false;
  reopening = false;
  readonly #host: Host;
  readonly #form: Form;
  readonly #state: RunState;
  #left: '' | 'leave' | 'stay' = '';
  #trouble = '';
  /** The customer's intent to hand in these answers: retries carry its key. */
  #intent = { key: '', answers: '' };

  constructor(host: Host, state: RunState) {
    this.#host = host;
    this.#form = state.form;
    this.#state = state;
    this.draft = new Draft(host, state);
  }

  /** A field that is wrong is checked at each key, and forgiven at once. */
  typed(name: string): void {
    this.#left = '';
    if (this.#form.faults.has(name)) checkField(this.#form, name);
    this.draft.soon();
    this.#host.requestUpdate();
  }

  /** A field that was changed is checked when it is left; one that was only visited is let be. */
  left(name: string): void {
    void this.draft.now();
    if (!this.#form.touched.delete(name)) return;
    const check = (): void => {
      checkField(this.#form, name);
      this.#host.requestUpdate();
    };
    void bringTable(String(this.#form.answer(name))).then(() => onceReleased(check));
  }

  async save(): Promise<void> {
    await this.draft.now();
    this.#left = this.#form.dirty ? 'stay' : 'leave';
    this.#host.announce(this.#host.words.say(`saved.${this.#left}`));
  }

  async submit(): Promise<void> {
    if (this.sending) return;
    this.#trouble = '';
    await bringTable(Object.values(this.#form.answers).join(''));
    if (!checkAll(this.#form)) return this.#host.focusOn('summary');
    this.sending = true;
    this.#host.announce(this.#host.words.say('saved.busy'));
    await this.#send().finally(() => {
      this.sending = false;
      this.#host.requestUpdate();
    });
  }

  async #send(): Promise<void> {
    this.draft.moved = false;
    await this.draft.now();
    // What somebody else wrote was taken over just now: the customer looks at it before it is handed in.
    if (this.draft.moved) return this.#refused(new LinkError('draft-changed', 'The draft was changed elsewhere.'));
    const values = this.#form.answers;
    const answers = JSON.stringify(values);
    if (this.#intent.answers !== answers) this.#intent = { key: crypto.randomUUID(), answers };
    try {
      const run = await this.#host.client.submitDetails(this.#state.shown, values, this.#state.revision, this.#intent.key);
      this.#intent.answers = '';
      this.#form.keep(this.#form.unsaved);
      await this.#state.take(run);
    } catch (thrown) {
      await this.#refused(asLinkError(thrown));
    }
  }

  /** Nothing is said before the truth was read again: the answers may have arrived although the reply did not. */
  async #refused(error: LinkError): Promise<void> {
    const { shown } = this.#state;
    if (!error.unclear) this.#intent.answers = '';
    await this.#state.read().catch(() => undefined);
    if (this.#state.shown !== shown) return;
    this.#form.blame(error.errors);
    if (faulty(this.#form)) return this.#host.focusOn('summary');
    this.#trouble = await this.#host.refusal(error);
    this.#host.focusOn('trouble');
  }

  /** Takes back details that were sent: they can be changed, and are sent anew. */
  async reopen(): Promise<void> {
    if (this.reopening) return;
    this.reopening = true;
    this.#host.requestUpdate();
    const step = this.#state.view.steps.find(({ kind }) => kind === 'details')?.id ?? '';
    const call = { method: 'POST', path: `/embed/onboarding/steps/${step}/reopen`, body: {} } as const;
    try {
      const headers = { 'Idempotency-Key': crypto.randomUUID() };
      await this.#state.take(await this.#host.client.session.request<Run>({ ...call, headers }));
    } catch {
      // It went on in the meantime, or there was no answer: the run as it is says more than a refusal would.
      await this.#state.read().catch(() => undefined);
    }
    this.reopening = false;
    this.#host.requestUpdate();
  }

  /** The summary of faults once *Continue* was pressed or a vendor gave some back, or why the answers were not sent. */
  above(model: Model, summary: boolean): Content {
    const { words, level } = model;
    if (summary && faulty(this.#form)) return summaryView(model, this.#onJump);
    if (!this.#trouble) return nothing;
    return html`<div role="alert" tabindex="-1" id="trouble">${notice('warning', 'alert', words.say('details.unsent'), level + 1, this.#trouble)}</div>`;
  }

  below({ words }: Model): Content {
    return this.#left ? turnLine(this.#left === 'leave' ? 'done' : 'other', words.say(`saved.${this.#left}`)) : nothing;
  }

  /** The links point into the shadow root, where the browser does not follow them. */
  readonly #onJump = (event: Event): void => {
    event.preventDefault();
    const link = (event.target as Element).closest('a');
    if (link) this.#host.focusOn(link.hash.slice(1));
  };
}
