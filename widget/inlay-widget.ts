import { html, nothing, type TemplateResult } from 'lit/html.js';
import { InlayClient } from './client.ts';
import { DrawnElement } from './drawn-element.ts';
import { InlayCompleteEvent, InlayErrorEvent, InlayExpiredEvent, InlayReadyEvent } from './events.ts';
import { bringEndings, type Ending, endingView, lost } from './parts/ending.ts';
import { heightsOf } from './parts/heights.ts';
import { skeleton } from './parts/skeleton.ts';
import { sleep } from './session/link.ts';
import { asLinkError, LinkError } from './session/link-error.ts';
import type { News } from './session/session.ts';
import base from './styles/base.css?inline';
import tokens from './styles/tokens.css?inline';
import { Words } from './text/words.ts';
import { adopt } from './theme.ts';
import type { Host, View } from './views/view.ts';
import { viewNamedIn, viewOf, type WidgetType } from './views/views.ts';

/** Where this script came from. */
const home = new URL(import.meta.url).origin;

/** Milliseconds: the skeleton shows after `veil` and then stays at least `dwell`; a line of comfort, and the end of waiting. */
const veil = 150;
const dwell = 300;
const comfort = 8000;
const deadline = 13_000;

/**
 * Customer onboarding inside a partner's portal. The token decides what is shown.
 *
 * @element inlay-widget
 * @attr token - An embed token from `POST /embed/token`. Read once, then removed from the page.
 * @attr locale - BCP 47; default: the token's, then `<html lang>`, then `en`.
 * @attr theme - `light`, `dark` or `auto` (the reader's preference). Default `auto`.
 * @attr server - The gateway's origin. Default: where this script came from.
 * @attr heading-level - Level of the view's title, 1 to 6. Default 2.
 * @prop fetchToken - `() => Promise<string>`: asked for a token at the start and whenever a session must be replaced. Wins over `token`.
 *
 * @fires inlay-ready - The view is shown, or shown again. Within 15 s of being connected there is this or `inlay-error`.
 * @fires inlay-step - A step is shown: `run_id`, `step`.
 * @fires inlay-complete - The run is complete, once per element and run: `run_id`, `already`.
 * @fires inlay-error - Something failed: `code`, `detail`, `retryable`, `instance`.
 * @fires inlay-expired - A session that had opened is over.
 * @fires inlay-resize - Another `height`, in pixels.
 *
 * @csspart panel - The frame and its ground
 * @csspart rail - Steps at the side or on top
 * @csspart rail-foot - The line under the steps
 * @csspart steps - The list of steps
 * @csspart step - One step
 * @csspart content - The current step
 * @csspart title - Its heading
 * @csspart lead - The sentence under the heading
 * @csspart turn - Whose turn it is
 * @csspart saved - When the answers were kept
 * @csspart notice - A block that says one thing
 * @csspart summary - The notice that lists what to mend
 * @csspart section - A group of fields
 * @csspart field - A field with its label and what is under it
 * @csspart label - The label of a field
 * @csspart input - A text field or select
 * @csspart hint - Help under a field
 * @csspart error - What to mend under a field
 * @csspart check - A checkbox with its words
 * @csspart actions - The row of buttons
 * @csspart button - Every button
 * @csspart button-primary - The one primary button
 * @csspart button-quiet - A button without a frame
 * @csspart card - A vendor, or a set of facts
 * @csspart skeleton - What shows while loading
 *
 * @cssprop --inlay-accent - The partner's colour; every tint takes its hue from it. Default `#2c6272`
 * @cssprop --inlay-accent-dark - Its value on dark ground. Default: the accent, lifted
 * @cssprop --inlay-font - Font family. Default: the page's
 * @cssprop --inlay-font-mono - Font of references and numbers
 * @cssprop --inlay-text-size - Base size, at least 16px. Default `1rem`
 * @cssprop --inlay-radius - Corner of a control, from which the others follow. Default `10px`
 * @cssprop --inlay-density - `.85` compact, `1` calm, `1.15` roomy
 * @cssprop --inlay-frame - Width of the panel's border, `0` for none. Default `1px`
 */
export class InlayWidget extends DrawnElement implements Host {
  static override properties = ['token', 'fetchToken', 'locale', 'theme', 'server', 'headingLevel'];
  static observedAttributes = ['token', 'locale', 'theme', 'server', 'heading-level'];
  declare token: string | undefined;
  declare fetchToken: (() => Promise<string>) | undefined;
  declare locale: string | undefined;
  declare theme: 'light' | 'dark' | 'auto';
  declare server: string;
  declare headingLevel: number | string;

  /** The only widget type this tag shows; any when undefined. */
  protected readonly only: WidgetType | undefined = undefined;
  client!: InlayClient;
  words!: Words;
  #sessionLocale: string | null = null;
  #view: View | undefined;
  #trouble: LinkError | undefined;
  /** The state that took the view's place. */
  #ended: TemplateResult | undefined;
  #shown = false;
  #slow = false;
  #closing: TemplateResult | typeof nothing = nothing;
  #said = '';
  #connected = false;
  readonly #completed = new Set<string>();
  /** Counts the times of opening; an answer to an earlier one is dropped. */
  #round = 0;
  /** Nothing was told to the page since the element was connected. */
  #silent = true;
  #timers: number[] = [];
  #unwatch: (() => void) | undefined;
  readonly #heights = heightsOf(this);
  #focus = '';

  constructor() {
    super();
    adopt(this.attachShadow({ mode: 'open' }), tokens, base);
    this.#speak();
  }

  get level(): number {
    return Number(this.headingLevel) || 2;
  }

  get renderRoot(): ShadowRoot {
    return this.shadowRoot as ShadowRoot;
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    if (name !== 'token') super.attributeChangedCallback(name, old, value);
    else if (value !== null) {
      this.token = value;
      this.removeAttribute(name);
    }
  }

  connectedCallback(): void {
    this.#connected = true;
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
    if (name === 'locale') this.#speak();
    if (name === 'theme' && this.theme) this.setAttribute(name, this.theme);
    // A source of tokens that comes late opens the session; one that takes another's place opens another.
    const source = name === 'token' || name === 'fetchToken';
    if (this.#connected && (name === 'server' || (source && (old || !this.#shown)))) this.#open();
  }

  protected override updated(): void {
    const id = this.#focus;
    this.#focus = '';
    if (id) this.renderRoot.querySelector<HTMLElement>(`[id="${id}"]`)?.focus();
  }

  /** Reads everything anew from the gateway; after an error or an expiry it opens a session first. */
  reload(): Promise<void> {
    return this.#open();
  }

  /** Ends the session. The customer's answers stay. */
  async logout(): Promise<void> {
    if (this.client) await this.client.logout();
  }

  async refusal(error: LinkError): Promise<string> {
    return (await bringEndings())?.refusalText(this.words, error) ?? this.words.say('end.lost.text');
  }

  complete(run: string, already: boolean): void {
    if (!this.#completed.has(run)) this.dispatchEvent(new InlayCompleteEvent(run, already));
    this.#completed.add(run);
  }

  announce(text: string): void {
    this.#said = text;
    this.requestUpdate();
  }

  focusOn(id: string): void {
    this.#focus = id;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<div class="panel" part="panel" lang=${words.lang} dir=${words.dir ?? nothing}>
      <p class="hush" role="status">${this.#shown || this.#ended ? this.#said : words.say('load.status')}</p>
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
      if (round === this.#round) this.#fail(asLinkError(error));
    }
  }

  async #load(): Promise<void> {
    this.client = new InlayClient({ server: this.server || home, token: this.token, fetchToken: this.fetchToken });
    const [opened] = await Promise.all([this.client.open(), viewNamedIn(this.token)]);
    this.words.partnerName = opened.branding.name;
    this.#sessionLocale = opened.locale;
    this.#speak();
    const ViewClass = this.only && this.only !== opened.widget_type ? undefined : await viewOf(opened.widget_type);
    if (!ViewClass) throw new LinkError('wrong-view', `This element does not show ${opened.widget_type}.`);
    // After an error the same view goes on: it holds what was typed and not yet saved.
    const view = this.#view instanceof ViewClass ? this.#view : new ViewClass(this);
    this.#view = view;
    adopt(this.renderRoot, view.styles);
    await view.load();
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

  #speak(): void {
    const name = this.words?.partnerName;
    this.words = new Words(this.locale || this.#sessionLocale || document.documentElement.lang || 'en');
    this.words.partnerName = name;
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
    if (/network|timeout/.test(this.#trouble?.code ?? '')) this.#open();
  };
}

/** The same element for pages that want to name what they show: any other widget type is an error. */
export class InlayOnboarding extends InlayWidget {
  protected override readonly only = 'onboarding';
}

declare global {
  interface HTMLElementTagNameMap {
    'inlay-widget': InlayWidget;
    'inlay-onboarding': InlayOnboarding;
  }
}
