import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Outcome } from '../../../../shared/signing/vendor-page.ts';
import { icon } from '../../../parts/icons.ts';
import { notice, primary, quiet, title, turnLine } from '../../../parts/pieces.ts';
import type { Model } from './model.ts';
import type { Page } from './page.ts';

interface FrameProps {
  away: 'offline' | 'unreached' | undefined;
  stale: boolean;
  loaded: boolean;
  again: () => void;
}

/** The vendor's page, and whose it is. */
export function frameView(model: Model, page: Page, { away, stale, loaded, again }: FrameProps): TemplateResult {
  const { words, level, outcome } = model;
  const { host, frame } = page;
  frame.title = words.say('framed.frame', { host });
  frame.toggleAttribute('data-loading', !loaded);
  const wait = html`<p class="frame-wait" role="status"><span class="spinner" aria-hidden="true"></span>${words.say('framed.opening')}</p>`;
  return html`
    <section class="framed" part="content" aria-labelledby="title">
      <div class="framed-head">
        ${turnLine('you', words.say('turn.you'))} ${title(words.say('framed.title'), level)}
        <p class="lead" part="lead">${words.say('framed.lead', { host })}</p>
      </div>
      <div class="strip">
        ${away ? notice('warning', 'off', words.say(`away.${away}`), level + 1, words.say('framed.away')) : nothing}
        ${stale ? staleNotice(model, again) : nothing}
      </div>
      <div class="frame-box" part="desk">
        ${loaded ? nothing : wait}
        ${frame}
      </div>
      <p class="framed-foot hint num">${words.say('framed.notice')} ${words.say('framed.asked', { time: words.time(outcome.checked_at) })}</p>
    </section>`;
}

function staleNotice({ words, level }: Model, again: () => void): TemplateResult {
  const text = html`<p>${words.say('framed.stale.text')}</p><p>${quiet(words.say('framed.stale.go'), again)}</p>`;
  return html`<div role="status">${notice('warning', 'clock', words.say('framed.stale.title'), level + 1, text)}</div>`;
}

/** The portal's policy keeps the page out: for its customer in words, for its developer by the name of the directive. */
export function blockedView({ words, level }: Model, { origin }: Page): TemplateResult {
  return html`
    <section class="centre" part="content" aria-labelledby="title">
      ${turnLine('other', words.say(words.partnerName ? 'turn.partner' : 'turn.portal'))}
      <div class="content-head">
        ${title(words.say('framed.blocked.title'), level)}
        <p class="lead" part="lead">${words.say('framed.blocked.text', { origin })}</p>
      </div>
    </section>`;
}

/** There is something to sign, and no page to sign it on. */
export function unopenedView({ words, level }: Model, why: 'unopened' | 'unready', again: () => void): TemplateResult {
  const ours = why === 'unready';
  return html`
    <section class="centre" part="content" aria-labelledby="title">
      ${ours ? turnLine('us', words.say('turn.us')) : turnLine('you', words.say('turn.you'))}
      <div class="content-head">
        ${title(words.say(`framed.${why}.title`), level)}
        <p class="lead" part="lead">${words.say(`framed.${why}.text`)}</p>
      </div>
      ${ours ? nothing : html`<div class="actions" part="actions">${primary({ label: words.say('again'), press: again })}</div>`}
    </section>`;
}

/** Nothing is left to do here. */
export function endedView({ words, level, outcome }: Model, status: Exclude<Outcome['status'], 'open'>): TemplateResult {
  const done = status === 'completed';
  return html`
    <section class="centre" part="content" aria-labelledby="title">
      ${done ? html`<span class="seal" aria-hidden="true">${icon('check')}</span>` : turnLine('other', words.say('turn.partner'))}
      <div class="content-head">
        ${title(words.say(`framed.${status}.title`), level)}
        <p class="lead" part="lead">${words.say(`framed.${status}.lead`)}</p>
      </div>
      <p class="hint">${words.say('framed.number', { id: outcome.envelope_id })}</p>
    </section>`;
}
