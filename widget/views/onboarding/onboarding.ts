import { html, nothing, type TemplateResult } from 'lit/html.js';
import { InlayStepEvent } from '../../events.ts';
import { bring } from '../../session/bring.ts';
import form from '../../styles/form.css?inline';
import { details } from '../../text/en/details.ts';
import { Words } from '../../text/words.ts';
import type { Host, View } from '../view.ts';
import { type DetailsProps, detailsView } from './details/details.ts';
import { Form } from './details/form.ts';
import { isBusy, Model, type Run, type Step } from './model.ts';
import styles from './onboarding.css?inline';
import { railView } from './rail.ts';
import type { Steps } from './steps.ts';

/** Milliseconds between two readings: while something is under way elsewhere, and while the customer writes. */
const brisk = 2000;
const calm = 15_000;

/** The onboarding view: shows the run as the gateway tells it, one step at a time. */
export class Onboarding implements View {
  readonly styles = form + styles;
  readonly #host: Host;
  #form = new Form();
  #run!: Run;
  #steps: Steps | undefined;
  /** The id of the shown step. */
  #shown = '';
  #summary = false;
  /** The script that does the work could not be loaded; each act of the customer tries again. */
  #scriptless = false;
  /** Readings in a row that had no answer. */
  #misses = 0;
  #running = false;
  #told = '';
  /** The run was complete when it was loaded. */
  #already = false;
  #poll = 0;
  #tick = 0;

  constructor(host: Host) {
    Words.learn(details);
    this.#host = host;
  }

  get savedAt(): string | null | undefined {
    return this.#run?.saved_at;
  }

  async load(): Promise<void> {
    this.#shown = '';
    await this.#read();
  }

  resume(): void {
    this.#running = true;
    this.#listen('addEventListener');
    this.#tell();
    this.#plan();
  }

  pause(): void {
    this.#running = false;
    this.#listen('removeEventListener');
    this.#plan();
    this.#steps?.pause();
  }

  drawn(): void {
    this.#steps?.drawn();
  }

  render(): TemplateResult {
    const steps = this.#steps;
    const saved = this.#scriptless ? 'unreached' : (steps?.details.draft.state ?? 'saved');
    const cut = !navigator.onLine ? 'offline' : saved === 'unreached' || this.#misses > 1 ? 'unreached' : undefined;
    const model = new Model(this.#host, this.#run, this.#step, this.#form, saved, cut);
    const go = (other: Step) => this.#show(other.id);
    const whole = steps?.whole(model, go);
    if (whole) return whole;
    return html`<div class="flow" @pointerover=${this.#onInterest} @focusin=${this.#onInterest}>
      ${railView(model, go)}
      <section class="content" part="content" aria-labelledby="title">${
        this.#editing(this.#run) ? detailsView(model, this.#props(model)) : steps?.render(model, go)
      }</section>
    </div>`;
  }

  #props(model: Model): DetailsProps {
    const step = this.#steps?.details;
    const at = (act: (steps: Steps) => unknown) => this.#ready().then((steps) => steps && act(steps));
    return {
      sending: step?.sending ?? false,
      above: step?.above(model, this.#summary) ?? nothing,
      below: step?.below(model) ?? nothing,
      onType: (name, answer) => {
        this.#form.type(name, answer);
        at(({ details }) => details.typed(name));
      },
      onLeave: (name) => at(({ details }) => details.left(name)),
      onSave: () => at(({ details }) => details.save()),
      onSubmit: (event) => {
        event.preventDefault();
        this.#summary = true;
        at(({ details }) => details.submit());
      },
    };
  }

  get #step(): Step {
    const { steps, step } = this.#run;
    return (steps.find(({ id }) => id === this.#shown) ?? steps.find(({ id }) => id === step) ?? steps[0]) as Step;
  }

  #editing({ details, step, steps }: Run, shown = this.#shown || step): boolean {
    return details.editable && steps.find(({ id }) => id === shown)?.kind === 'details';
  }

  async #read(): Promise<void> {
    await this.#take(await this.#host.client.onboarding());
    this.#misses = 0;
  }

  /** Takes what the gateway tells, unless something newer was already told. */
  async #take(run: Run): Promise<void> {
    if (this.#run && this.#run.run_id !== run.run_id) this.#forget();
    if (!this.#editing(run, run.step) || run.details.faults.length || run.elsewhere) await this.#bring();
    const before = this.#shown ? this.#run : undefined;
    if (before && run.revision < before.revision) return;
    this.#run = run;
    const blamed = this.#form.take(run.details);
    this.#summary ||= blamed;
    if (before) this.#follow(before, run, blamed);
    else this.#begin(run);
    this.#tell();
    this.#host.requestUpdate();
    this.#plan();
  }

  /** The run went on by itself: the customer is told, and taken along only where the shown step is over. */
  #follow(before: Run, run: Run, blamed: boolean): void {
    const news = this.#steps?.news(before, run);
    if (news) this.#host.announce(news);
    const { kind } = this.#step;
    const over =
      kind === 'billing'
        ? run.billing?.state === 'done' && before.billing?.state !== 'done'
        : kind === 'sign'
          ? before.step === this.#shown && run.step !== this.#shown
          : before.details.editable && !run.details.editable;
    const ended = run.status === 'done' && before.status !== 'done';
    const reopened = run.details.editable && !before.details.editable;
    if (over || ended || reopened) this.#show(run.step, blamed ? 'summary' : 'title');
    else if (blamed && kind === 'details') this.#host.focusOn('summary');
  }

  /** Another customer's run: nothing of the last one stays. */
  #forget(): void {
    this.#steps?.pause();
    this.#steps = undefined;
    this.#form = new Form();
    this.#shown = this.#told = '';
    this.#summary = false;
  }

  #begin({ step, status }: Run): void {
    this.#shown = step;
    this.#already = status === 'done';
  }

  #show(id: string, focus = 'title'): void {
    this.#shown = id;
    this.#host.focusOn(focus);
    this.#tell();
    this.#plan();
  }

  /** Tells the page which step is shown, once each time, and that the run is complete. */
  #tell(): void {
    const { run_id, status } = this.#run;
    const { id } = this.#step;
    if (!this.#running) return;
    this.#steps?.enter(this.#run, this.#step);
    if (this.#told !== id) this.#host.dispatchEvent(new InlayStepEvent(run_id, id));
    this.#told = id;
    if (status === 'done') this.#host.complete(run_id, this.#already);
  }

  async #bring(): Promise<Steps> {
    const { Steps } = await bring(() => import('./steps.ts'));
    const view = this;
    this.#steps ??= new Steps(this.#host, this.#form, {
      get run() {
        return view.#run;
      },
      get step() {
        return view.#shown;
      },
      take: (run) => this.#take(run),
      read: () => this.#read(),
      kept: (revision, saved_at) => {
        this.#run = { ...this.#run, revision, saved_at };
      },
    });
    return this.#steps;
  }

  async #ready(): Promise<Steps | undefined> {
    const steps = await this.#bring().catch(() => undefined);
    this.#scriptless = !steps;
    this.#host.requestUpdate();
    return steps;
  }

  /** Milliseconds until the next reading; 0 when nothing can change or nobody looks. */
  get #pace(): number {
    const run = this.#run;
    if (!this.#running || document.hidden || run.status === 'done') return 0;
    const moving = run.accounts.some(isBusy) || /waiting|needed/.test(run.billing?.state ?? '') || /ing$/.test(run.sign?.state ?? '');
    return !this.#editing(run) && moving ? brisk : calm;
  }

  #plan(): void {
    const pace = this.#pace;
    clearTimeout(this.#poll);
    clearInterval(this.#tick);
    if (pace) this.#poll = setTimeout(this.#onPoll, pace) as unknown as number;
    if (pace === brisk) this.#tick = setInterval(() => this.#host.requestUpdate(), 1000) as unknown as number;
  }

  #listen(change: 'addEventListener' | 'removeEventListener'): void {
    document[change]('visibilitychange', this.#onReturn);
    for (const type of ['online', 'offline']) window[change](type, this.#onReturn);
  }

  /** After a reading that failed comes the next. What ends the view, the session says. */
  readonly #onPoll = (): void => {
    this.#read().catch(() => {
      this.#misses++;
      this.#host.requestUpdate();
      this.#plan();
    });
  };

  /** Who comes near is about to act: what that needs is fetched meanwhile. */
  readonly #onInterest = (): void => {
    if (!this.#steps) this.#bring().catch(() => undefined);
  };

  /** The page was left or looked at again, the connection lost or found. */
  readonly #onReturn = (): void => {
    this.#host.requestUpdate();
    if (!navigator.onLine) this.#host.announce(this.#host.words.say('cut.offline'));
    if (this.#form.dirty && navigator.onLine) void this.#ready();
    if (document.hidden) this.#plan();
    else this.#onPoll();
  };
}
