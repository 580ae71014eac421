import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import { primary, title } from '../parts/pieces.ts';
import { ceremonyOfLink } from '../session/ceremony-link.ts';
import { asLinkError, type LinkError } from '../session/link-error.ts';
import base from '../styles/base.css?inline';
import tokens from '../styles/tokens.css?inline';
import { link as sentences } from '../text/en/link.ts';
import { Words } from '../text/words.ts';
import { adopt } from '../theme.ts';
import { Signing } from '../views/signing/signing.ts';
import type { Ceremony } from '../views/signing/state.ts';
import type { Frame } from '../views/view.ts';
import page from './sign.css?inline';

/** A token as links carry it: 256 bits in base64url. */
const tokenForm = /^[\w-]{43}$/;
/** The link is not one of the server's, or not any more. */
const gone = new Set(['link-expired', 'unauthenticated', 'token-invalid', 'token-expired', 'not-found']);

/** Shows the signing view to whoever holds a link, without an element and a session. */
export class SignPage implements Frame {
  readonly words = new Words(document.documentElement.lang || 'en');
  readonly level = 1;
  readonly renderRoot: ShadowRoot;
  readonly #signing: Signing;
  readonly #valid: boolean;
  #state: 'loading' | 'shown' | 'gone' | 'lost' | 'wrong' = 'loading';
  #said = '';
  #focus = '';
  #due: Promise<void> | undefined;

  constructor(mount: HTMLElement, token: string) {
    Words.learn(sentences);
    this.renderRoot = mount.attachShadow({ mode: 'open' });
    this.#valid = tokenForm.test(token);
    this.#signing = new Signing(this, {
      calls: ceremonyOfLink(location.origin, token),
      onChange: (view) => this.#onChange(view),
      onRefused: (error) => this.#fail(error),
    });
    adopt(this.renderRoot, tokens, base, this.#signing.styles, page);
    void this.#load();
  }

  requestUpdate(): void {
    this.#due ??= Promise.resolve().then(() => {
      this.#due = undefined;
      render(this.#render(), this.renderRoot);
      if (this.#state === 'shown') this.#signing.drawn();
      const id = this.#focus;
      this.#focus = '';
      if (id) this.renderRoot.getElementById(id)?.focus();
    });
  }

  dispatchEvent(event: Event): boolean {
    return this.renderRoot.host.dispatchEvent(event);
  }

  /** Nobody listens on this page. */
  complete(): void {}

  announce(text: string): void {
    this.#said = text;
    this.requestUpdate();
  }

  async refusal(error: LinkError): Promise<string> {
    return this.words.say(gone.has(error.code) ? 'link.gone.text' : 'link.lost.text');
  }

  focusOn(id: string): void {
    this.#focus = id;
    this.requestUpdate();
  }

  async #load(): Promise<void> {
    this.#state = this.#valid ? 'loading' : 'wrong';
    this.requestUpdate();
    if (!this.#valid) return;
    try {
      await this.#signing.load();
      this.#state = 'shown';
      this.requestUpdate();
      await this.#due;
      this.#signing.resume();
    } catch (thrown) {
      this.#fail(asLinkError(thrown));
    }
  }

  #fail(error: LinkError): void {
    this.#signing.pause();
    this.#state = gone.has(error.code) ? 'gone' : 'lost';
    this.focusOn('title');
  }

  #onChange(view: Ceremony): void {
    document.title = this.words.say(view.state === 'open' && view.you.turn ? 'link.sign' : 'link.see', { name: view.name });
  }

  #render(): TemplateResult {
    const { words } = this;
    return html`<div class="panel" part="panel" role="main" lang=${words.lang} dir=${words.dir ?? nothing}>
      <p class="hush" role="status">${this.#state === 'loading' ? words.say('link.loading') : this.#said}</p>
      ${this.#body()}
    </div>`;
  }

  #body(): TemplateResult | typeof nothing {
    const { words } = this;
    const state = this.#state;
    if (state === 'shown') return this.#signing.render();
    if (state === 'loading')
      return html`<div class="centre skeleton" aria-busy="true"><div class="bones" aria-hidden="true"><i></i><i></i><i></i></div></div>`;
    return html`
      <section class="centre" aria-labelledby="title">
        <div class="content-head">${title(words.say(`link.${state}.title`), this.level)}<p class="lead">${words.say(`link.${state}.text`)}</p></div>
        ${state === 'lost' ? html`<div class="actions">${primary({ label: words.say('again'), press: () => void this.#load() })}</div>` : nothing}
      </section>`;
  }
}
