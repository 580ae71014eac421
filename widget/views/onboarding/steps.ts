import type { TemplateResult } from 'lit/html.js';
import cards from '../../styles/cards.css?inline';
import { progress } from '../../text/en/progress.ts';
import { rules } from '../../text/en/rules.ts';
import { Words } from '../../text/words.ts';
import { adopt } from '../../theme.ts';
import type { Host } from '../view.ts';
import { accountSaid, accountsView } from './accounts.ts';
import { billingView } from './billing/billing.ts';
import { BillingStep } from './billing/billing-step.ts';
import { DetailsStep } from './details/details-step.ts';
import { sentView } from './details/sent.ts';
import { doneView } from './done.ts';
import type { Model } from './model.ts';
import styles from './progress.css?inline';
import { SignStep } from './sign-step.ts';
import type { Run, RunState, Step } from './state.ts';

/** What the form needs once somebody answers it, and every step that follows. Comes in its own chunk, at the first sign of a customer. */
export class Steps {
  readonly details: DetailsStep;
  readonly #host: Host;
  readonly #state: RunState;
  readonly #billing: BillingStep;
  readonly #sign: SignStep;
  #tick: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host, state: RunState) {
    Words.learn({ ...rules, ...progress });
    adopt(host.renderRoot, cards, styles);
    this.#host = host;
    this.#state = state;
    this.details = new DetailsStep(host, state);
    this.#billing = new BillingStep(host);
    this.#sign = new SignStep(host, state);
  }

  render(model: Model, go: (step: Step) => void): TemplateResult {
    const { steps, step: current } = model.run;
    const { kind } = model.step;
    const goes = (other: Step | undefined) => (other && other.state !== 'todo' ? () => go(other) : undefined);
    const reopen = model.run.details.reopenable ? { busy: this.details.reopening, press: () => void this.details.reopen() } : undefined;
    if (kind === 'billing') return billingView(model, this.#billing.props);
    if (kind === 'done') return doneView(model);
    if (kind === 'sign') return this.#sign.render(model, goes(model.next), reopen);
    if (kind === 'provision') return accountsView(model, goes(model.next), goes(steps.find((step) => step.kind === 'details')), reopen);
    return sentView(model, goes(steps.find(({ id }) => id === current)), reopen);
  }

  /** The whole of the view, for a step that needs all the room there is. */
  whole(model: Model, go: (step: Step) => void): TemplateResult | undefined {
    return model.step.kind === 'sign' ? this.#sign.whole(model, go) : undefined;
  }

  drawn(): void {
    this.#sign.drawn();
  }

  /** Does ahead what the shown step needs. */
  enter(): void {
    const { billing, sign } = this.#state.view;
    const { kind, id } = this.#state.step;
    clearInterval(this.#tick);
    // What is under way says how long ago it was looked at.
    if (this.#state.isMoving) this.#tick = setInterval(() => document.hidden || this.#host.requestUpdate(), 1000);
    this.details.draft.resume();
    if (kind === 'billing' && billing?.state === 'needed') this.#billing.prepare(id);
    if (kind === 'sign' && sign) this.#sign.enter(sign.state, sign.envelope_id);
    else this.#sign.leave();
  }

  pause(): void {
    clearInterval(this.#tick);
    this.details.draft.leave();
    this.#sign.leave();
  }

  /** The run went on by itself: the customer is told, and taken along only where the shown step is over. `blamed`: a vendor gave back faults. */
  follow(before: Run, blamed: boolean): void {
    const { view: run, shown, step } = this.#state;
    const news = this.#news(before, run);
    if (news) this.#host.announce(news);
    const over =
      step.kind === 'billing'
        ? run.billing?.state === 'done' && before.billing?.state !== 'done'
        : step.kind === 'sign'
          ? before.step === shown && run.step !== shown
          : before.details.editable && !run.details.editable;
    const ended = run.status === 'done' && before.status !== 'done';
    const reopened = run.details.editable && !before.details.editable;
    if (over || ended || reopened) {
      this.#state.shown = run.step;
      this.#host.focusOn(blamed ? 'summary' : 'title');
    } else if (blamed && step.kind === 'details') this.#host.focusOn('summary');
  }

  /** What became of the accounts since, and of the document, in words. */
  #news(before: Run, run: Run): string {
    const { words } = this.#host;
    const renewed = run.sign?.renewed && before.sign?.envelope_id && !run.sign.envelope_id;
    const was = (vendor: string) => before.accounts.find((account) => account.vendor === vendor)?.state;
    const moved = run.accounts.filter(({ vendor, state }) => was(vendor) !== state);
    const said = moved.map((account) => accountSaid(words, account));
    if (renewed) said.push(words.say('agree.renewed', { title: run.sign?.title ?? '' }));
    return said.join('. ');
  }
}
