import { html, nothing, type TemplateResult } from 'lit/html.js';
import { InlayStepEvent } from '../../events.ts';
import { bring } from '../../session/bring.ts';
import form from '../../styles/form.css?inline';
import { details } from '../../text/en/details.ts';
import { Words } from '../../text/words.ts';
import { Polling } from '../polling.ts';
import type { Host, View } from '../view.ts';
import { type DetailsProps, detailsView } from './details/details.ts';
import { Model } from './model.ts';
import styles from './onboarding.css?inline';
import { railView } from './rail.ts';
import { type Run, RunState, type Step } from './state.ts';
import type { Steps } from './steps.ts';

/** Milliseconds between two readings: while something is under way elsewhere, and while the customer writes. */
const brisk = 2000;
const calm = 15_000;

/** The onboarding view: shows the run as the gateway tells it, one step at a time. */
export class Onboarding implements View {
  readonly styles = form + styles;
  readonly #host: Host;
  readonly #state: RunState;
  readonly #polling: Polling;
  #steps: Steps | undefined;
  #summary = false;
  /** The script of the steps could not be loaded; each act of the customer tries again. */
  #scriptless = false;
  #told = '';
  /** The run was complete when it was loaded. */
  #already = false;

  constructor(host: Host) {
    Words.learn(details);
    this.#host = host;
    this.#state = new RunState(
      () => host.client.onboarding(),
      (run) => this.#prepare(run),
    );
    this.#state.subscribe((before, blamed) => this.#onTaken(before, blamed));
    this.#polling = new Polling({
      pace: () => (this.#state.view.status === 'done' ? 0 : this.#state.isMoving ? brisk : calm),
      read: () => this.#state.read(),
      settled: () => host.requestUpdate(),
      returned: () => this.#onReturn(),
    });
  }

  get savedAt(): string | null | undefined {
    return this.#state.view?.saved_at;
  }

  async load(): Promise<void> {
    this.#state.shown = '';
    await this.#state.read();
  }

  resume(): void {
    this.#polling.run(true);
    this.#tell();
  }

  pause(): void {
    this.#polling.run(false);
    this.#steps?.pause();
  }

  drawn(): void {
    this.#steps?.drawn();
  }

  render(): TemplateResult {
    const steps = this.#steps;
    const state = this.#state;
    const saved = this.#scriptless ? 'unreached' : (steps?.details.draft.state ?? 'saved');
    const cut = !navigator.onLine ? 'offline' : saved === 'unreached' || this.#polling.misses > 1 ? 'unreached' : undefined;
    const model = new Model(this.#host, state, saved, cut);
    const go = (other: Step) => this.#show(other.id);
    const whole = steps?.whole(model, go);
    if (whole) return whole;
    return html`<div class="flow" @pointerover=${this.#onInterest} @focusin=${this.#onInterest}>
      ${railView(model, go)}
      <section class="content" part="content" aria-labelledby="title">${
        state.isEditing() ? detailsView(model, this.#props(model)) : steps?.render(model, go)
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
        this.#state.form.type(name, answer);
        void at(({ details }) => details.typed(name));
      },
      onLeave: (name) => at(({ details }) => details.left(name)),
      onSave: () => at(({ details }) => details.save()),
      onSubmit: (event) => {
        event.preventDefault();
        this.#summary = true;
        void at(({ details }) => details.submit());
      },
    };
  }

  /** Brings what the run needs. Of another customer's run nothing of the last one stays. */
  async #prepare(run: Run): Promise<void> {
    const { view } = this.#state;
    if (view && view.run_id !== run.run_id) {
      this.#steps?.pause();
      this.#steps = undefined;
      this.#told = '';
      this.#summary = false;
    }
    if (!this.#state.isEditing(run, run.step) || run.details.faults.length || run.elsewhere) await this.#bring();
  }

  #onTaken(before: Run | undefined, blamed: boolean): void {
    this.#summary ||= blamed;
    this.#polling.misses = 0;
    // Without the steps it is the form that is shown, and goes on being.
    if (before) this.#steps?.follow(before, blamed);
    else this.#already = this.#state.view.status === 'done';
    this.#tell();
    this.#host.requestUpdate();
    this.#polling.plan();
  }

  #show(id: string): void {
    this.#state.shown = id;
    this.#host.focusOn('title');
    this.#tell();
    this.#polling.plan();
  }

  /** Tells the page which step is shown, once each time, and that the run is complete. */
  #tell(): void {
    const { run_id, status } = this.#state.view;
    const { id } = this.#state.step;
    if (!this.#polling.running) return;
    this.#steps?.enter();
    if (this.#told !== id) this.#host.dispatchEvent(new InlayStepEvent(run_id, id));
    this.#told = id;
    if (status === 'done') this.#host.complete(run_id, this.#already);
  }

  async #bring(): Promise<Steps> {
    const { Steps } = await bring(() => import('./steps.ts'));
    this.#steps ??= new Steps(this.#host, this.#state);
    return this.#steps;
  }

  async #ready(): Promise<Steps | undefined> {
    const steps = await this.#bring().catch(() => undefined);
    this.#scriptless = !steps;
    this.#host.requestUpdate();
    return steps;
  }

  /** Who comes near is about to act: what that needs is fetched meanwhile. */
  readonly #onInterest = (): void => {
    if (!this.#steps) this.#bring().catch(() => undefined);
  };

  /** The page was left or looked at again, the connection lost or found. */
  #onReturn(): boolean {
    this.#host.requestUpdate();
    if (!navigator.onLine) this.#host.announce(this.#host.words.say('cut.offline'));
    if (this.#state.form.dirty && navigator.onLine) void this.#ready();
    return true;
  }
}
