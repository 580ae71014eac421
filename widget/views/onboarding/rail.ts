import { html, nothing, type TemplateResult } from 'lit/html.js';
import { icon } from '../../parts/icons.ts';
import type { Model } from './model.ts';
import { isBusy, type Step } from './state.ts';

/** The steps: a list at the side, or a bar on top where the element is narrow. Steps behind and open ones can be looked at. */
export function railView(model: Model, go: (step: Step) => void): TemplateResult {
  const { words, run, step: shown, next } = model;
  const position = words.say('flow.position', { n: run.steps.indexOf(shown) + 1, all: run.steps.length });
  return html`
    <nav class="rail" part="rail" aria-label=${words.say('flow.steps')}>
      <p class="rail-title"><b>${words.say('flow.title')}</b><span>${words.partnerName}</span></p>
      <div>
        <p class="steps-now" aria-hidden="true"><span><b>${model.stepLabel(shown)}</b> · ${position}</span>${
          next ? html`<span>${words.say('flow.next', { step: model.stepLabel(next) })}</span>` : nothing
        }</p>
        <ol class="steps" part="steps">${run.steps.map((step) => stepView(model, step, go))}</ol>
      </div>
      <p class="rail-foot" part="rail-foot">${words.say('flow.foot')}</p>
    </nav>`;
}

function stepView(model: Model, step: Step, go: (step: Step) => void): TemplateResult {
  const label = model.stepLabel(step);
  const now = step === model.step;
  const done = step.state === 'done' && !now;
  const name = html`${label}${done ? html`<span class="hush">${model.words.say('step.is-done')}</span>` : nothing}`;
  return html`
    <li class="step" part="step" data-step=${now ? 'now' : step.state} aria-current=${now ? 'step' : nothing}>
      <span class="step-mark">${done ? icon('check', 's') : nothing}</span>
      ${
        now || step.state === 'todo'
          ? html`<span class="step-name">${name}</span>`
          : html`<button class="step-name" type="button" @click=${() => go(step)}>${name}</button>`
      }
      <span class="step-note">${noteOf(model, step)}</span>
    </li>`;
}

function noteOf({ words, run: { accounts } }: Model, { kind, state, at }: Step): string | undefined {
  const time = words.time(at);
  // Done at no known time: somebody else sees to it.
  if (kind !== 'provision') return words.find(`note.${kind}${state !== 'done' ? '' : time ? '.done' : '.theirs'}`, { time });
  if (state === 'todo') return words.say('note.provision');
  const busy = accounts.filter((account) => isBusy(account) && account.state !== 'planned').length;
  const unclear = accounts.filter(({ state: at }) => /unknown|refused/.test(at)).length;
  if (state === 'done') return words.say('note.provision.done', { n: accounts.length });
  const parts = [busy && words.say('note.provision.busy', { n: busy }), unclear && words.say('note.provision.unclear', { n: unclear })];
  return parts.filter(Boolean).join(', ') || words.say('note.provision');
}
