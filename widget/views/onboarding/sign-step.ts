import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { OnboardingView, SignState } from '../../../shared/onboarding/onboarding.ts';
import { icon } from '../../parts/icons.ts';
import { primary, type Turn, title, turnLine } from '../../parts/pieces.ts';
import { bring } from '../../session/bring.ts';
import { asLinkError } from '../../session/link-error.ts';
import { adopt } from '../../theme.ts';
import type { Host, View } from '../view.ts';
import type { Model } from './model.ts';
import { type Reopen, reopenButton } from './reopen.ts';
import type { RunState, Step } from './state.ts';

/** Which of these states is whose. */
const turns: Partial<Record<SignState, Turn>> = {
  todo: 'us',
  preparing: 'us',
  finishing: 'us',
  waiting: 'done',
  signed: 'done',
  open: 'us',
};

/** The sign step: the signing view inside the onboarding, in its own chunk; what it cannot tell, the run tells. */
export class SignStep {
  readonly #host: Host;
  readonly #run: RunState;
  #signing: View | undefined;
  #envelope = '';
  #state: 'out' | 'bringing' | 'shown' | 'refused' | 'lost' = 'out';
  #busy = false;
  /** The step is the one that is shown. */
  #entered = false;
  #running = false;
  /** How the ceremony stood when the run was last asked for. */
  #stood = '';

  constructor(host: Host, run: RunState) {
    this.#host = host;
    this.#run = run;
  }

  /** The step is shown: the ceremony is opened as soon as there is one. */
  enter(state: SignState, envelope: string | null): void {
    if (!envelope || state === 'todo' || state === 'preparing') return;
    if (this.#envelope !== envelope) {
      this.leave();
      this.#signing = undefined;
      this.#state = 'out';
    }
    this.#envelope = envelope;
    this.#entered = true;
    // What could not be read is asked for again whenever the run is. One that has ended the gateway does not open again: the run tells of it.
    if (this.#state === 'shown') this.#resume();
    else if (/open|waiting|finishing/.test(state)) void this.#bring();
    else this.#state = 'refused';
  }

  leave(): void {
    this.#entered = false;
    if (this.#running) this.#signing?.pause();
    this.#running = false;
  }

  drawn(): void {
    if (this.#running) this.#signing?.drawn?.();
  }

  /** The signing view with the steps in one line above it; undefined while there is none to show. */
  whole(model: Model, go: (step: Step) => void): TemplateResult | undefined {
    if (this.#state !== 'shown') return undefined;
    const next = model.next?.state === 'todo' ? undefined : model.next;
    const onward = next && model.run.sign?.state !== 'open' ? () => go(next) : undefined;
    return html`
      <div class="room">${lineView(model, go)}${this.#signing?.render()}
        ${onward ? html`<div class="room-foot actions" part="actions">${primary({ label: model.goLabel, icon: 'next', press: onward })}</div>` : nothing}
      </div>`;
  }

  /** What the run says of the document, where the ceremony is not there. */
  render(model: Model, onward: (() => void) | undefined, reopen: Reopen | undefined): TemplateResult {
    const { words, level, run } = model;
    const { state, title: name, unreachable, renewed, envelope_id } = run.sign as NonNullable<OnboardingView['sign']>;
    const refused = state === 'refused' && (envelope_id ? 'untold' : reopen ? 'refused-open' : 'refused');
    const key = refused
      ? refused
      : this.#state === 'lost'
        ? 'lost'
        : state === 'open'
          ? 'bringing'
          : state === 'todo'
            ? 'preparing'
            : state;
    const turn = !refused && this.#state === 'lost' ? 'you' : (turns[state] ?? 'other');
    const whose = { us: 'turn.us', done: 'step.done', other: 'turn.partner', you: 'turn.you' } as const;
    return html`
      ${model.head(turnLine(turn, words.say(whose[turn])), title(words.find(`agree.${key}.title`, { title: name }) ?? name, level), words.find(`agree.${key === 'preparing' && renewed ? 'renewing' : key}.lead`) ?? '')}
      ${unreachable && turn === 'us' ? html`<p class="aside">${icon('clock', 's')}${words.say('agree.unreachable')}</p>` : nothing}
      <div class="actions" part="actions">
        ${refused && reopen ? reopenButton(model, reopen) : nothing}
        ${!refused && this.#state === 'lost' ? primary({ label: words.say('again'), press: () => void this.#bring() }) : nothing}
        ${onward ? primary({ label: model.goLabel, icon: 'next', press: onward }) : nothing}
      </div>`;
  }

  async #bring(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    if (this.#state === 'out') this.#state = 'bringing';
    const envelope = this.#envelope;
    try {
      const { Sign } = await bring(() => import('../signing/sign.ts'));
      const signing = new Sign(this.#frame(), (stood) => this.#onChange(stood));
      adopt(this.#host.renderRoot, signing.styles);
      await signing.load();
      if (envelope !== this.#envelope) return;
      this.#signing = signing;
      this.#state = 'shown';
      this.#resume();
    } catch (thrown) {
      if (envelope === this.#envelope) this.#state = asLinkError(thrown).unclear ? 'lost' : 'refused';
    } finally {
      this.#busy = false;
      this.#host.requestUpdate();
    }
  }

  #resume(): void {
    if (this.#running || !this.#entered || this.#state !== 'shown') return;
    this.#running = true;
    this.#signing?.resume();
    this.#host.requestUpdate();
  }

  /** The element as the signing view may use it: that the run is complete is for the run to say. */
  #frame(): Host {
    const host = this.#host;
    return {
      get words() {
        return host.words;
      },
      get level() {
        return host.level;
      },
      get client() {
        return host.client;
      },
      get server() {
        return host.server as string;
      },
      get worker() {
        return host.worker;
      },
      renderRoot: host.renderRoot,
      requestUpdate: () => host.requestUpdate(),
      dispatchEvent: (event) => host.dispatchEvent(event),
      complete: () => undefined,
      announce: (text) => host.announce(text),
      refusal: (error) => host.refusal(error),
      focusOn: (id) => host.focusOn(id),
    };
  }

  /** The signer did something, or somebody else did: the run knows soon, and is asked at once. */
  #onChange(stood: string): void {
    if (this.#stood && this.#stood !== stood) void this.#run.read().catch(() => undefined);
    this.#stood = stood;
  }
}

/** The steps in one line: where one is, what comes next, and the way back. */
function lineView(model: Model, go: (step: Step) => void): TemplateResult {
  const { words, run, step: shown, next } = model;
  const position = words.say('flow.position', { n: run.steps.indexOf(shown) + 1, all: run.steps.length });
  const mark = (step: Step) => {
    const now = step === shown;
    const label = html`<span class="hush">${model.stepLabel(step)}${step.state === 'done' && !now ? words.say('step.is-done') : ''}</span>`;
    return html`<li class="line-step" part="step" data-step=${now ? 'now' : step.state} aria-current=${now ? 'step' : nothing}>${
      now || step.state === 'todo'
        ? label
        : html`<button class="line-go" type="button" title=${model.stepLabel(step)} @click=${() => go(step)}>${label}</button>`
    }</li>`;
  };
  return html`
    <nav class="line" part="rail" aria-label=${words.say('flow.steps')}>
      <p aria-hidden="true"><b>${model.stepLabel(shown)}</b> · ${position}</p>
      <ol class="line-steps" part="steps">${run.steps.map(mark)}</ol>
      ${next ? html`<p class="line-next" aria-hidden="true">${words.say('flow.next', { step: model.stepLabel(next) })}</p>` : nothing}
    </nav>`;
}
