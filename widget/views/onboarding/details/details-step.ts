import { html, nothing } from 'lit/html.js';
import { type Content, notice, turnLine } from '../../../parts/pieces.ts';
import { asLinkError, LinkError } from '../../../session/link-error.ts';
import type { Host } from '../../view.ts';
import type { Model, Run } from '../model.ts';
import { bringTable, checkAll, checkField } from './checks.ts';
import { Draft } from './draft.ts';
import type { Form } from './form.ts';
import { faulty, summaryView } from './summary.ts';

/** What the step asks of its view. */
export interface Ways {
  readonly run: Run;
  readonly step: string;
  take(run: Run): Promise<void>;
  read(): Promise<void>;
  kept(revision: number, at: string): void;
}

/** Milliseconds between two times of saying "saved" aloud. */
const quietFor = 30_000;

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
  readonly #ways: Ways;
  #left: '' | 'leave' | 'stay' = '';
  #trouble = '';
  #moved = false;
  /** The customer's intent to hand in these answers: retries carry its key. */
  #intent = { key: '', answers: '' };
  #spoken = 0;

  constructor(host: Host, form: Form, ways: Ways) {
    this.#host = host;
    this.#form = form;
    this.#ways = ways;
    this.draft = new Draft(host, form, {
      revision: () => ways.run.revision,
      kept: (revision, at) => ways.kept(revision, at),
      reread: () => {
        this.#moved = true;
        return ways.read();
      },
      changed: () => this.#onDraft(),
    });
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
    this.#moved = false;
    await this.draft.now();
    // What somebody else wrote was taken over just now: the customer looks at it before it is handed in.
    if (this.#moved) return this.#refused(new LinkError('draft-changed', 'The draft was changed elsewhere.'));
    const values = this.#form.answers;
    const answers = JSON.stringify(values);
    if (this.#intent.answers !== answers) this.#intent = { key: crypto.randomUUID(), answers };
    try {
      const run = await this.#host.client.submitDetails(this.#ways.step, values, this.#ways.run.revision, this.#intent.key);
      this.#intent.answers = '';
      this.#form.keep(this.#form.unsaved);
      await this.#ways.take(run);
    } catch (thrown) {
      await this.#refused(asLinkError(thrown));
    }
  }

  /** Nothing is said before the truth was read again: the answers may have arrived although the reply did not. */
  async #refused(error: LinkError): Promise<void> {
    const { step } = this.#ways;
    if (!error.unclear) this.#intent.answers = '';
    await this.#ways.read().catch(() => undefined);
    if (this.#ways.step !== step) return;
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
    const { run } = this.#ways;
    const step = run.steps.find(({ kind }) => kind === 'details')?.id ?? '';
    const call = { method: 'POST', path: `/embed/onboarding/steps/${step}/reopen`, body: {} } as const;
    try {
      const headers = { 'Idempotency-Key': crypto.randomUUID() };
      await this.#ways.take(await this.#host.client.session.request<Run>({ ...call, headers }));
    } catch {
      // It went on in the meantime, or there was no answer: the run as it is says more than a refusal would.
      await this.#ways.read().catch(() => undefined);
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

  #onDraft(): void {
    const { words } = this.#host;
    const now = Date.now();
    if (this.draft.state === 'saved' && now - this.#spoken > quietFor) {
      this.#spoken = now;
      this.#host.announce(words.say('saved.at', { time: words.time(this.#ways.run.saved_at) }));
    }
    this.#host.requestUpdate();
  }

  /** The links point into the shadow root, where the browser does not follow them. */
  readonly #onJump = (event: Event): void => {
    event.preventDefault();
    const link = (event.target as Element).closest('a');
    if (link) this.#host.focusOn(link.hash.slice(1));
  };
}
