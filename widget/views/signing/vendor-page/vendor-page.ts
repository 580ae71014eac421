import { html, type TemplateResult } from 'lit/html.js';
import type { Outcome, SigningFrame } from '../../../../shared/signing/vendor-page.ts';
import { InlayDeclinedEvent, InlayErrorEvent } from '../../../events.ts';
import { asLinkError } from '../../../session/link-error.ts';
import { vendorPage as sentences } from '../../../text/en/vendor-page.ts';
import { Words } from '../../../text/words.ts';
import type { Polling } from '../../polling.ts';
import type { Host, View } from '../../view.ts';
import { watchOf } from '../watch.ts';
import { Model } from './model.ts';
import { mintPage, PageSigns } from './page.ts';
import { blockedView, endedView, frameView, unopenedView } from './screens.ts';
import styles from './vendor-page.css?inline';

/** Milliseconds between two hints of the page that are followed. */
const calm = 2_000;
/** Milliseconds after a hint: what it was about takes a moment to be true, and the gateway asks the vendor every three seconds at most. */
const looks = [500, 3_500];

/** Signing at a vendor without the ceremony: its own page in a frame. What came of it the server tells. */
export class VendorPage implements View {
  readonly styles = styles;
  readonly savedAt = undefined;
  readonly #host: Host;
  readonly #onStood: ((stood: string) => void) | undefined;
  readonly #watch: Polling;
  readonly #signs: PageSigns;
  #outcome!: Outcome;
  #loaded = false;
  #blocked = false;
  /** The signer has been at work in the page: it is not taken away from under their hands. */
  #used = false;
  #stale = false;
  /** Why there is no page although there is something to sign. */
  #without: 'unopened' | 'unready' | undefined;
  #minting = false;
  #hinted = 0;
  /** The outcome at load, and the one that was told of. */
  #first: Outcome['status'] | undefined;
  #told: Outcome['status'] | undefined;

  constructor(host: Host, onStood?: (stood: string) => void) {
    Words.learn(sentences);
    this.#host = host;
    this.#onStood = onStood;
    const view = this;
    const state = {
      get scene() {
        return view.#outcome.status === 'open' ? ('waiting' as const) : ('completed' as const);
      },
      read: () => this.#read(),
    };
    this.#watch = watchOf(state, () => this.#onWake());
    this.#signs = new PageSigns({
      said: () => this.#onHint(),
      blocked: () => this.#onBlocked(),
      used: () => {
        this.#used = true;
      },
    });
  }

  async load(): Promise<void> {
    this.#told = undefined;
    await this.#read();
    this.#first ??= this.#outcome.status;
    if (this.#outcome.status === 'open' && !this.#signs.page) await this.#mint();
  }

  resume(): void {
    this.#signs.listen(true);
    this.#watch.run(true);
    this.#tell();
  }

  pause(): void {
    this.#signs.listen(false);
    this.#watch.run(false);
  }

  render(): TemplateResult {
    const model = new Model(this.#host, this.#outcome);
    const again = () => void this.#again();
    const { status } = this.#outcome;
    const away = !navigator.onLine ? 'offline' : this.#watch.misses > 1 ? 'unreached' : undefined;
    return html`<div class="signing" part="signing" data-scene=${status}>${
      status !== 'open'
        ? endedView(model, status)
        : this.#blocked && this.#signs.page
          ? blockedView(model, this.#signs.page)
          : this.#signs.page
            ? frameView(model, this.#signs.page, { away, stale: this.#stale, loaded: this.#loaded, again })
            : unopenedView(model, this.#without ?? 'unopened', again)
    }</div>`;
  }

  async #read(): Promise<void> {
    const before = this.#outcome?.status;
    const outcome = await this.#host.client.session.request<Outcome>({ method: 'GET', path: '/embed/ceremony/outcome' });
    this.#outcome = outcome;
    if (outcome.status !== 'open') this.#signs.page = undefined;
    if (before && before !== outcome.status) this.#host.focusOn('title');
    this.#tell();
    this.#watch.plan();
    this.#host.requestUpdate();
    this.#onStood?.(outcome.status);
  }

  /** Another page in place of the one that is shown, if any. */
  async #mint(): Promise<void> {
    const { session } = this.#host.client;
    const ask = () => session.request<SigningFrame>({ method: 'POST', path: '/embed/ceremony/frame', body: {} });
    try {
      this.#signs.page = await mintPage(ask, () => session.now(), this.#onLoad);
      this.#without = undefined;
      this.#loaded = this.#used = this.#stale = false;
    } catch (thrown) {
      if (asLinkError(thrown).code !== 'ceremony-ended') throw thrown;
      // It has just ended, or cannot be signed yet: how it stands says which.
      this.#without = 'unready';
      await this.#read();
    }
  }

  async #again(): Promise<void> {
    if (this.#minting) return;
    this.#minting = true;
    try {
      await this.#mint();
    } catch {
      if (!this.#signs.page) this.#without = 'unopened';
    } finally {
      this.#minting = false;
      this.#host.requestUpdate();
    }
  }

  /** Tells the page, once each, that everybody has signed, or that it ended unsigned. */
  #tell(): void {
    if (!this.#watch.running) return;
    const { envelope_id, status } = this.#outcome;
    if (status === 'completed') this.#host.complete(envelope_id, this.#first === status);
    if (status === 'declined' && this.#told !== status) this.#host.dispatchEvent(new InlayDeclinedEvent(envelope_id));
    this.#told = status;
  }

  #onHint(): void {
    const at = Date.now();
    if (at < this.#hinted + calm) return;
    this.#hinted = at;
    for (const wait of looks) setTimeout(() => this.#watch.running && this.#outcome.status === 'open' && void this.#watch.now(), wait);
  }

  #onBlocked(): void {
    if (this.#blocked || !this.#signs.page) return;
    this.#blocked = true;
    const detail = `The page's Content-Security-Policy needs: frame-src ${this.#signs.page.origin}`;
    this.#host.dispatchEvent(new InlayErrorEvent('frame-blocked', detail, false, undefined));
    this.#host.focusOn('title');
  }

  /** After each reading: a page whose token has ended is replaced, unless somebody is at work in it. */
  #onWake(): void {
    const { session } = this.#host.client;
    const over = this.#signs.page !== undefined && this.#signs.page.until <= session.now();
    if (over && this.#used) this.#stale = true;
    else if (over || this.#without === 'unready') void this.#again();
    this.#host.requestUpdate();
  }

  readonly #onLoad = (): void => {
    this.#loaded = true;
    this.#host.requestUpdate();
  };
}
