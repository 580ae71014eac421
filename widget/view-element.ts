import { html, nothing, type TemplateResult } from 'lit/html.js';
import { InlayClient } from './client.ts';
import { InlayErrorEvent, InlayExpiredEvent, InlayReadyEvent } from './events.ts';
import { HostElement } from './host-element.ts';
import { bringEndings, endingView } from './parts/ending.ts';
import { heightsOf } from './parts/heights.ts';
import { type Ending, lost } from './parts/lost.ts';
import { skeleton } from './parts/skeleton.ts';
import { sleep } from './session/link.ts';
import { asLinkError, LinkError } from './session/link-error.ts';
import type { News } from './session/session.ts';
import base from './styles/base.css?inline';
import tokens from './styles/tokens.css?inline';
import type { Tag } from './tag.ts';
import { adopt } from './theme.ts';
import type { Host, View } from './views/view.ts';
import { viewNamedIn, viewOf, type WidgetType } from './views/views.ts';

/** Milliseconds: the skeleton shows after `veil` and then stays at least `dwell`; a line of comfort, and the end of waiting. */
const veil = 150;
const dwell = 300;
const comfort = 8000;
const deadline = 13_000;

/** An element that opens a session, shows the view it is for, and says what stands in the way of that. */
export abstract class ViewElement extends HostElement implements Host, Tag {
  declare token: string | undefined;
  declare fetchToken: (() => Promise<string>) | undefined;
  declare theme: 'light' | 'dark' | 'auto';
  declare server: string;
  declare worker: 'none' | undefined;

  /** The only widget type this tag shows; any when undefined. */
  protected readonly only: WidgetType | undefined = undefined;
  client!: InlayClient;
  #sessionLocale: string | null = null;
  #view: View | undefined;
  #trouble: LinkError | undefined;
  /** The state that took the view's place. */
  #ended: TemplateResult | undefined;
  #shown = false;
  #slow = false;
  #closing: TemplateResult | typeof nothing = nothing;
  #connected = false;
  /** The next opening needs another session. */
  #stale = true;
  /** Counts the times of opening; an answer to an earlier one is dropped. */
  #round = 0;
  /** Nothing was told to the page since the element was connected. */
  #silent = true;
  #timers: number[] = [];
  #unwatch: (() => void) | undefined;
  readonly #heights = heightsOf(this);

  constructor() {
    super();
    adopt(this.attachShadow({ mode: 'open' }), tokens, base);
    this.speak(this.#sessionLocale);
  }

  connectedCallback(): void {
    this.#connected = true;
    this.#reflect();
    this.requestUpdate();
    this.#silent = true;
    this.#heights.observe(this);
    this.#time(() => this.#silent && this.#fail(this.#overdue()), deadline);
    window.addEventListener('online', this.#onOnline);
    if (this.#shown) void this.#show();
    else void this.#open();
  }

  disconnectedCallback(): void {
    this.#connected = false;
    this.#heights.disconnect();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    window.removeEventListener('online', this.#onOnline);
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#view?.pause();
  }

  protected override changed(name: string, old: unknown): void {
    if (name === 'locale') this.speak(this.#sessionLocale);
    if (!this.#connected) return;
    if (name === 'theme') this.#reflect();
    // Another gateway or token is another session; another `fetchToken` is the same one, made anew by the page's framework.
    const other = name === 'server' || (name === 'token' && old && this.token && !this.fetchToken);
    const first = /oken$/.test(name) && !this.#shown && !old;
    this.#stale ||= !!other || first;
    if (other || first) queueMicrotask(() => this.#stale && this.#open());
  }

  protected override updated(): void {
    this.#view?.drawn?.();
    super.updated();
  }

  /** Reads everything anew from the gateway; after an error or an expiry it opens a session first. */
  reload(): Promise<void> {
    return this.#open();
  }

  /** Ends the session. The customer's answers stay. */
  async logout(): Promise<void> {
    if (this.client) await this.client.logout();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<div class="panel" part="panel" lang=${words.lang} dir=${words.dir ?? nothing}>
      <p class="hush" role="status">${this.#shown || this.#ended ? this.said : words.say('load.status')}</p>
      ${this.#closing}
      ${this.#ended ?? (this.#shown ? this.#view?.render() : skeleton(words, this.#slow, this.#again))}
    </div>`;
  }

  async #open(): Promise<void> {
    const round = ++this.#round;
    this.#unwatch?.();
    this.#view?.pause();
    this.#shown = this.#slow = false;
    this.#closing = nothing;
    this.#ended = this.#trouble = undefined;
    this.requestUpdate();
    if (!this.token && !this.fetchToken) return;
    const from = Date.now();
    this.#time(() => round === this.#round && this.#slowDown(), comfort);
    try {
      await this.#load();
      const waited = Date.now() - from;
      if (waited > veil && waited < veil + dwell) await sleep(veil + dwell - waited);
      if (round === this.#round) void this.#show();
    } catch (error) {
      if (round === this.#round) void this.#fail(asLinkError(error));
    }
  }

  async #load(): Promise<void> {
    if (this.#stale || this.client.session.over) this.client = this.#connect();
    this.#stale = false;
    const [opened] = await Promise.all([this.client.open(), viewNamedIn(this.token)]);
    this.words.partnerName = opened.branding.name;
    this.#sessionLocale = opened.locale;
    this.speak(this.#sessionLocale);
    const ViewClass = this.only && this.only !== opened.widget_type ? undefined : await viewOf(opened.widget_type);
    if (!ViewClass) throw new LinkError('wrong-view', `This element does not show ${opened.widget_type}.`);
    // After an error the same view goes on: it holds what was typed and not yet saved.
    const view = this.#view instanceof ViewClass ? this.#view : new ViewClass(this);
    this.#view = view;
    adopt(this.renderRoot, view.styles);
    await view.load();
  }

  #connect(): InlayClient {
    const fetchToken = this.fetchToken && (() => this.fetchToken?.() ?? Promise.reject());
    return new InlayClient({ server: this.server, token: this.token, fetchToken });
  }

  /** The attribute is what the styles go by. */
  #reflect(): void {
    if (this.theme !== 'auto' || this.hasAttribute('theme')) this.setAttribute('theme', this.theme ?? 'auto');
  }

  async #show(): Promise<void> {
    this.#shown = true;
    this.requestUpdate();
    await this.updateComplete;
    if (!this.#connected || !this.#shown) return;
    this.#silent = false;
    this.#unwatch?.();
    this.#unwatch = this.client.session.watch(this.#onNews);
    this.dispatchEvent(new InlayReadyEvent());
    this.#view?.resume();
  }

  /** Ends the view for now, says so to the customer and to the page. */
  async #fail(error: LinkError): Promise<void> {
    const round = ++this.#round;
    const { session } = this.client ?? {};
    const over = error.code.startsWith('session-') && session?.opened;
    this.#trouble = error;
    this.#view?.pause();
    this.#unwatch?.();
    const endings = error.status === 0 && /network|timeout|unreadable|script/.test(error.code) ? undefined : await bringEndings();
    if (round !== this.#round) return;
    const ending = (over ? endings?.expired(session.renewable) : endings?.endingOf(error)) ?? lost;
    this.#end(ending, error);
    if (over) this.dispatchEvent(new InlayExpiredEvent());
    else if (error.code !== 'logged-out')
      this.dispatchEvent(new InlayErrorEvent(error.code, error.detail, ending.retryable, error.instance));
  }

  #end(ending: Ending, error: LinkError): void {
    if (this.#shown || this.renderRoot.activeElement) this.focusOn('title');
    this.#shown = this.#silent = false;
    this.#closing = nothing;
    this.#ended = endingView(this.words, ending, error, this.words.time(this.#view?.savedAt), this.level, this.#again);
    this.requestUpdate();
  }

  #overdue(): LinkError {
    if (!this.token && !this.fetchToken) return new LinkError('no-token', 'Neither token nor fetchToken was given.');
    return new LinkError('timeout', 'The view was not ready in time.');
  }

  #slowDown(): void {
    this.#slow = true;
    this.requestUpdate();
  }

  #time(act: () => unknown, ms: number): void {
    this.#timers.push(setTimeout(act, ms) as unknown as number);
  }

  async #prolong(): Promise<void> {
    await this.client.session.renew().catch((error: unknown) => this.#fail(asLinkError(error)));
  }

  async #warn(): Promise<void> {
    const endings = await bringEndings();
    this.#closing = endings?.closingView(this.words, this.client.session, this.level, () => this.#prolong()) ?? nothing;
    this.requestUpdate();
  }

  readonly #again = (): void => void this.#open().then(() => this.focusOn('title'));

  readonly #onNews = (news: News): void => {
    if (news.kind === 'over') void this.#fail(news.error);
    else if (news.kind === 'closing') void this.#warn();
    else this.#closing = nothing;
    this.requestUpdate();
  };

  readonly #onOnline = (): void => {
    if (/network|timeout/.test(this.#trouble?.code ?? '')) void this.#open();
  };
}
