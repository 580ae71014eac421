import { html, nothing, type TemplateResult } from 'lit/html.js';
import { drawn, icon } from '../../../parts/icons.ts';
import { primary, turnLine } from '../../../parts/pieces.ts';
import type { Answers } from '../answers/answers.ts';
import { icons, typeIcons } from '../icons.ts';
import type { Model } from '../model.ts';
import { momentOf } from '../moment.ts';
import type { Field } from '../state.ts';

export interface GuideProps {
  answers: Answers;
  current: Field | undefined;
  /** The page in sight, from 1. */
  page: number;
  /** Pages that must be read and were not shown yet. */
  unread: readonly number[];
  finishing: boolean;
  onPress(field: Field): void;
  onStep(steps: number): void;
  onGo(field: Field): void;
  onPage(page: number): void;
  onFinish(event: Event): void;
}

/** What is left and what is next: a sheet at the bottom, a bar, or a panel at the side with all fields, by the element's width. */
export function guideView(model: Model, props: GuideProps): TemplateResult {
  const { words } = model;
  return html`
    <aside class="guide" part="guide" aria-label=${words.say('sign.left')}>
      ${progressView(model, props)}
      ${nowView(model, props)}
      <div class="guide-go">${goView(model, props)}</div>
      <ol class="guide-list" aria-label=${words.say('sign.fields')}>${props.answers.mine.map((field) => todoView(model, field, props))}</ol>
      <p class="guide-foot">${footOf(model)}</p>
    </aside>`;
}

function progressView({ words, view }: Model, { answers, current, page }: GuideProps): TemplateResult {
  const { asked } = answers;
  const done = asked.filter((field) => answers.isDone(field)).length;
  const at = (field: Field) => (answers.isDone(field) ? 'on' : field === current ? 'now' : '');
  // More segments than can be told apart are one bar.
  const segments = asked.length <= 24 ? asked.map((field) => html`<i class=${at(field)}></i>`) : nothing;
  return html`
    <div class="progress" part="progress">
      <div class="progress-row num"><span>${words.say('sign.done-of', { n: done, all: asked.length })}</span><span>${words.say('sign.page-of', { n: page, all: view.document.pages.length })}</span></div>
      <div class="progress-bar" role="progressbar" aria-label=${words.say('sign.fields-done')} aria-valuemin="0" aria-valuemax=${asked.length} aria-valuenow=${done}>
        ${segments === nothing ? html`<progress max=${asked.length} .value=${done}></progress>` : segments}
      </div>
    </div>`;
}

/** The sentence of what to do now. */
function nowView(model: Model, { answers, current, unread }: GuideProps): TemplateResult {
  const { words } = model;
  const said = (heading: string, text: string, fault = false) => html`
    <div class="guide-now">${turnLine('you', words.say('turn.you'))}<b><bdi>${heading}</bdi></b>
      <p class="small ${fault ? 'error' : 'muted'}">${fault ? icon('alert', 's') : nothing}<span>${text}</span></p></div>`;
  const fault = current && answers.faults.get(current.id);
  if (current && fault) return said(model.label(current), model.sentence(fault), true);
  if (answers.missing.length && current) return said(model.label(current), words.say(`how.${current.type}`));
  if (unread.length) return said(words.say('sign.unread.title', { n: unread.length }), words.say('sign.unread.text'));
  return said(words.say('sign.ready.title'), words.say('sign.ready.text'));
}

/** One primary: the field that is next, the page that is unread, or the end. */
function goView(model: Model, { answers, current, page: shown, unread, finishing, ...on }: GuideProps): TemplateResult {
  const { words } = model;
  const step = (steps: number) => html`<button class="button button-icon" part="button" type="button" @click=${() => on.onStep(steps)}
    aria-label=${words.say(steps < 0 ? 'sign.previous' : 'sign.next')}>${drawn(steps < 0 ? icons.back : icons.fore, 'flip')}</button>`;
  const around = (middle: TemplateResult) => (answers.asked.length ? html`${step(-1)}${middle}${step(1)}` : middle);
  const page = unread[0];
  if (answers.missing.length && current && current.page !== shown)
    return around(primary({ label: words.say('sign.go'), press: () => on.onGo(current) }));
  if (answers.missing.length && current) return around(actView(model, current, answers, () => on.onPress(current)));
  if (page) return around(primary({ label: words.say('sign.unread.go', { n: page }), press: () => on.onPage(page) }));
  return around(
    primary({ label: words.say('sign.finish'), busy: finishing ? words.say('sign.finishing') : undefined, press: on.onFinish }),
  );
}

function actView({ words }: Model, field: Field, answers: Answers, press: () => void): TemplateResult {
  const untick = field.type === 'checkbox' && answers.isDone(field);
  const label = words.say(untick ? 'do.untick' : answers.isDone(field) ? 'do.change' : `do.${field.type}`);
  return html`<button class="button button-primary" part="button button-primary" type="button" id="act" @click=${press}><span class="face">${drawn(typeIcons[field.type])} ${label}</span></button>`;
}

function todoView(model: Model, field: Field, { answers, current, onGo }: GuideProps): TemplateResult {
  const { words } = model;
  const { type, page, required } = field;
  const done = answers.isDone(field);
  const now = field === current && !done;
  const note = type === 'date_signed' ? words.say('how.date_signed', { zone: model.view.time_zone }) : words.say('sign.page', { n: page });
  const need = required ? `, ${words.say('sign.required')}` : '';
  return html`<li><button class="todo" part="todo" type="button" data-field=${now ? 'current' : done ? 'done' : 'todo'} aria-current=${field === current ? 'true' : nothing}
    @click=${() => onGo(field)}>${drawn(typeIcons[type])}<span><bdi>${model.label(field)}</bdi><small class="num">${note}${done || type === 'date_signed' ? '' : need}</small></span>${
      done ? html`${icon('check')}<span class="hush">${words.say('marker.done')}</span>` : nothing
    }</button></li>`;
}

function footOf({ words, next, view }: Model): string {
  const then = next && view.order === 'sequential' ? words.say('sign.then', { name: next.name }) : words.say('sign.then.sealed');
  return view.expires_at ? `${then} ${words.say('sign.expires', { time: momentOf(words, view.expires_at) })}` : then;
}
