import { html, nothing, type TemplateResult } from 'lit/html.js';
import { icon } from '../../../parts/icons.ts';
import { markersView } from '../markers/markers.ts';
import type { MarkerProps } from '../markers/spots.ts';
import type { Model } from '../model.ts';

export interface PagesProps extends MarkerProps {
  page: number;
  onPage(page: number): void;
  onKey(event: KeyboardEvent): void;
}

/** The pages small, at the side: which is in sight, which were read, how much is to do on each. */
export function thumbsView({ words, view }: Model, { page, answers, onPage }: PagesProps): TemplateResult {
  const thumb = (n: number) => {
    const read = view.pages_seen.includes(n);
    const left = answers.asked.filter((field) => field.page === n && !answers.isDone(field)).length;
    const state = left ? words.say('sign.page.todo', { n: left }) : read ? words.say('sign.page.read') : '';
    return html`<li><button class="thumb" part="thumb" type="button" aria-current=${n === page ? 'true' : nothing} data-left=${left ? '' : nothing}
      @click=${() => onPage(n)}><canvas class="thumb-page" aria-hidden="true"></canvas>
      <span class="thumb-note num">${read ? icon('check', 's') : nothing}${words.say('sign.page', { n })}</span><span class="hush">${state}</span></button></li>`;
  };
  return html`<nav class="pages" part="pages" aria-label=${words.say('sign.pages')}><ol>${view.document.pages.map((_, i) => thumb(i + 1))}</ol></nav>`;
}

/** The desk with the pages on it. Paper stays as it is: white, and from left to right. */
export function deskView(model: Model, props: PagesProps): TemplateResult {
  const { words, view } = model;
  const all = view.document.pages.length;
  return html`
    <div class="desk" part="desk" dir="ltr" tabindex="0" role="region" aria-label=${words.say('sign.document', { n: props.page, all })} @keydown=${props.onKey}>
      ${view.document.pages.map(
        (_, i) => html`
        <article class="page" part="page" aria-label=${words.say('sign.page', { n: i + 1 })}>
          <div class="sheet"></div>
          ${markersView(model, i + 1, props)}
        </article>`,
      )}
    </div>`;
}
