import { html, nothing, type TemplateResult } from 'lit/html.js';
import { primary, title, turnLine } from '../../../parts/pieces.ts';
import type { Model } from '../model.ts';
import type { Unopened } from './opening.ts';

const mega = 1_000_000;

/** The document on its way: how much of it has come. */
export function openingView(model: Model, loaded: number): TemplateResult {
  const { words, level, view } = model;
  const { size } = view.document;
  const written = (bytes: number) => (bytes / mega).toLocaleString(words.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  return html`
    ${model.strip()}
    <section class="centre" part="content" aria-labelledby="title">
      ${turnLine('us', words.say('turn.us'))}
      <div class="content-head">${title(words.say('opening.title'), level)}<p class="lead" part="lead">${words.say('opening.lead')}</p></div>
      <div class="loading">
        <progress max=${size} .value=${loaded} aria-label=${words.say('opening.title')}></progress>
        <p class="small muted num">${size > mega / 2 ? words.say('opening.progress', { done: written(loaded), all: written(size) }) : nothing}</p>
      </div>
    </section>`;
}

/** The document cannot be shown: why, and what helps. */
export function unopenedView(model: Model, why: Unopened, again: () => void): TemplateResult {
  const { words, level, view } = model;
  const theirs = why === 'unreadable' || why === 'blocked';
  const whose =
    why === 'blocked' ? words.say(words.partnerName ? 'turn.partner' : 'turn.portal') : words.say('turn.of', { name: view.sender });
  return html`
    ${model.strip()}
    <section class="centre" part="content" aria-labelledby="title">
      ${theirs ? turnLine('other', whose) : turnLine('you', words.say('turn.you'))}
      <div class="content-head">
        ${title(words.say(`unopened.${why}.title`), level)}
        <p class="lead" part="lead">${words.say(`unopened.${why}.text`, { sender: view.sender })}</p>
      </div>
      <div class="actions" part="actions">${primary({ label: words.say('again'), press: again })}</div>
    </section>`;
}
