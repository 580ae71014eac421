import { html, nothing, type TemplateResult } from 'lit/html.js';
import { icon } from '../../parts/icons.ts';
import { primary, title, turnLine } from '../../parts/pieces.ts';
import type { Model } from './model.ts';

export interface ConsentProps {
  ticked: boolean;
  /** It was pressed without the tick. */
  missing: boolean;
  busy: boolean;
  onTick(ticked: boolean): void;
  onGo(): void;
  onPaper(): void;
}

/** Before anything: the exact words that are agreed to, their version and hash. The box is never ticked in advance. */
export function consentView(model: Model, props: ConsentProps): TemplateResult {
  const { words, view, level } = model;
  const { consent, document, sender, name, message } = view;
  return html`
    ${model.strip()}
    <section class="centre" part="content" aria-labelledby="title">
      ${turnLine('you', words.say('turn.you'))}
      <div class="content-head">
        ${title(words.say('consent.title'), level)}
        <p class="lead" part="lead">${words.say('consent.lead', { sender, name, n: document.pages.length })} ${words.say('consent.read')}</p>
      </div>
      ${message ? html`<blockquote class="message"><p class="small muted">${words.say('consent.message', { sender })}</p><p dir="auto">${message}</p></blockquote>` : nothing}
      <div class="statute" part="consent-text" tabindex="0" role="region" aria-labelledby="consent-title">
        <h3 id="consent-title" aria-level=${level + 1} dir="auto">${consent.title}</h3>
        ${consent.paragraphs.map((paragraph) => html`<p dir="auto">${paragraph}</p>`)}
      </div>
      <p class="hint">${words.say('consent.version', { version: consent.version })} · SHA-256 <bdi class="mono">${shortened(consent.sha256)}</bdi><span class="hush">${consent.sha256}</span> · ${words.say('consent.record')}</p>
      <div>
        <label class="check" part="check"><input type="checkbox" id="agreed" .checked=${props.ticked} required aria-invalid=${props.missing}
          aria-describedby=${props.missing ? 'agreed-error' : nothing}
          @change=${(event: Event) => props.onTick((event.target as HTMLInputElement).checked)}><span>${words.say('consent.check')}</span></label>
        <div role="alert">${props.missing ? html`<p class="error" part="error" id="agreed-error">${icon('alert', 's')}<span>${words.say('consent.missing')}</span></p>` : nothing}</div>
      </div>
      <div class="actions" part="actions">
        ${primary({ label: words.say('consent.go'), icon: 'next', busy: props.busy ? words.say('consent.busy') : undefined, press: props.onGo })}
        <button class="button button-quiet" part="button button-quiet" type="button" id="paper" @click=${props.onPaper}>${words.say('consent.paper')}</button>
      </div>
    </section>`;
}

/** Its beginning and end; the whole is there for those who listen. */
const shortened = (hash: string): string => `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
