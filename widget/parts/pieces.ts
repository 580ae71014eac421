import { html, nothing, type TemplateResult } from 'lit/html.js';
import { type Icon, icon } from './icons.ts';

export type Content = TemplateResult | string | typeof nothing;
/** Whose turn it is; `done` is nobody's. */
export type Turn = 'you' | 'us' | 'other' | 'done';

/** The line that every state begins with. */
export const turnLine = (turn: Turn, text: Content): TemplateResult => html`<p class="turn" part="turn" data-turn=${turn}>${text}</p>`;

/** The heading of a state. It can take the focus, and does when the state is new. */
export const title = (text: string, level: number): TemplateResult =>
  html`<h2 class="title" part="title" id="title" tabindex="-1" aria-level=${level}>${text}</h2>`;

/** A block that says one thing: what happened, and what it means. */
export const notice = (
  kind: 'warning' | 'success' | 'danger',
  sign: Icon | TemplateResult,
  heading: string,
  level: number,
  text: Content,
): TemplateResult =>
  html`<div class="notice" part="notice" data-kind=${kind}>${typeof sign === 'string' ? icon(sign) : sign}
    <h3 aria-level=${level}>${heading}</h3>
    ${typeof text === 'string' ? html`<p>${text}</p>` : text}
  </div>`;

interface Press {
  label: string;
  /** Stands after the label. */
  icon?: Icon | TemplateResult;
  /** What the button is doing: shown in place of its label, at the label's width. */
  busy?: string | undefined;
  hidden?: string;
  press?: (event: Event) => void;
}

/** The one primary button of a state. While it works it says so and stays as wide as it was. */
export const primary = ({ label, icon: sign, busy, hidden, press }: Press): TemplateResult =>
  html`<button class="button button-primary" part="button button-primary" type=${press ? 'button' : 'submit'} @click=${press ?? nothing}>
    <span class="face" data-off=${busy ? '' : nothing}>${label} ${typeof sign === 'string' ? icon(sign, 'flip') : sign}${hidden ? html`<span class="hush">${hidden}</span>` : nothing}</span>
    <span class="face" data-off=${busy ? nothing : ''}><span class="spinner" aria-hidden="true"></span>${busy}</span>
  </button>`;

export const quiet = (label: string, press: () => void): TemplateResult =>
  html`<button class="button button-quiet" part="button button-quiet" type="button" @click=${press}>${label}</button>`;

/** Names and what they are; empty ones are left out. */
export const facts = (rows: [string, Content | undefined][]): TemplateResult =>
  html`<dl class="facts">${rows.map(([name, value]) => (value ? html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>` : nothing))}</dl>`;
