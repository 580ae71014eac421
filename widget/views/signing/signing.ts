import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { CeremonyView } from '../../../shared/ceremony.ts';
import { InlayDeclinedEvent } from '../../events.ts';
import { type Content, notice } from '../../parts/pieces.ts';
import type { CeremonyCalls } from '../../session/ceremony.ts';
import { asLinkError, type LinkError } from '../../session/link-error.ts';
import cards from '../../styles/cards.css?inline';
import form from '../../styles/form.css?inline';
import { signing as sentences } from '../../text/en/signing.ts';
import { Words } from '../../text/words.ts';
import type { Frame, View } from '../view.ts';
import { Acts } from './acts.ts';
import { Answers } from './answers/answers.ts';
import { consentView } from './consent.ts';
import { FieldWalk } from './desk/field-walk.ts';
import { DeclineDialog } from './dialogs/decline-dialog.ts';
import { type Dialog, openDialog } from './dialogs/dialog.ts';
import { Opener } from './document/opener.ts';
import { saveFile } from './document/opening.ts';
import { openingView, unopenedView } from './document/unopened.ts';
import { endingView } from './endings.ts';
import { Model, type Scene, sceneOf } from './model.ts';
import { styles as paperStyles } from './paper/paper.ts';
import styles from './signing.css?inline';
import { Watch } from './watch.ts';

/** Where a signing takes place. */
export interface Setting {
  readonly calls: CeremonyCalls;
  /** `worker="none"`: the page's policy has no `worker-src blob:`. */
  readonly worker?: 'none' | undefined;
  /** The ceremony was read anew, or went on. */
  readonly onChange?: (view: CeremonyView) => void;
  /** The ceremony cannot be read any more, by a refusal that no retry mends. */
  readonly onRefused?: (error: LinkError) => void;
}

/** The scenes between the consent and the end. */
const atDocument = /^(opening|unopened|sign)$/;

/** The signing view: shows a ceremony as the server tells it, from the consent to the sealed document. */
export class Signing implements View {
  readonly styles = form + cards + styles + paperStyles;
  readonly #host: Frame;
  readonly #setting: Setting;
  readonly #opener: Opener;
  readonly #answers: Answers;
  readonly #watch: Watch;
  readonly #walk: FieldWalk;
  readonly #acts: Acts;
  #view!: CeremonyView;
  #dialog: Dialog | undefined;
  #consent = { ticked: false, missing: false };
  #downloading = false;
  /** The document could not be downloaded. */
  #lost: Content = nothing;
  /** The scene at load, and the one that was told of. */
  #first: Scene | undefined;
  #told: Scene | undefined;

  constructor(host: Frame, setting: Setting) {
    Words.learn(sentences);
    this.#host = host;
    this.#setting = setting;
    const { calls } = setting;
    this.#opener = new Opener(host, setting, {
      view: () => this.#view,
      read: () => this.#read(),
      seen: (pages) => void this.#seen(pages),
      done: () => this.#onOpened(),
    });
    this.#answers = new Answers({
      calls,
      kept: (revision, saved_at) => {
        this.#view = { ...this.#view, revision, saved_at };
      },
      moved: () => this.#read().catch(() => undefined),
      changed: () => host.requestUpdate(),
    });
    this.#watch = new Watch({ scene: () => this.#scene, read: () => this.#read(), woken: () => this.#onWake() });
    this.#acts = new Acts(host, {
      scene: () => this.#scene,
      read: () => this.#read(),
      take: (view) => this.#take(view),
      ask: () => void this.#watch.now(),
      hasDialog: () => this.#dialog !== undefined,
    });
    this.#walk = new FieldWalk(host, this.#answers, {
      model: () => this.#model,
      desk: () => this.#opener.desk,
      dialog: (dialog) => this.#show(dialog),
      finish: (event) => void this.#finish(event),
      decline: () => this.#decline('more', ''),
      download: () => void this.#download(),
    });
  }

  get savedAt(): string | null | undefined {
    return this.#view?.saved_at;
  }

  async load(): Promise<void> {
    this.#told = undefined;
    await this.#read();
    this.#first ??= this.#scene;
  }

  resume(): void {
    this.#watch.start();
    this.#tell();
    this.#follow();
    if (this.#answers.dirty) void this.#answers.save();
  }

  pause(): void {
    this.#watch.stop();
    this.#answers.stop();
    // An element that is only moved in the page goes on at once: its document need not be opened again.
    setTimeout(() => {
      if (!this.#watch.running) this.#opener.close();
    });
  }

  drawn(): void {
    this.#opener.desk?.drawn();
    openDialog(this.#host.renderRoot);
  }

  render(): TemplateResult {
    const model = this.#model;
    const name = this.#scene;
    return html`<div class="signing" part="signing" data-scene=${name}>${this.#sceneView(model, name)}${this.#dialog?.render(model) ?? nothing}</div>`;
  }

  #sceneView(model: Model, name: Scene): TemplateResult {
    if (name === 'consent') return consentView(model, this.#consentProps);
    if (name === 'opening') return openingView(model, this.#opener.opening.loaded);
    if (name === 'unopened') return unopenedView(model, this.#opener.unopened ?? 'loading', () => this.#again());
    if (name === 'sign') return this.#walk.render(model, this.#acts.busy === 'finish');
    return endingView(model, name, { downloading: this.#downloading, onDownload: () => void this.#download() });
  }

  get #model(): Model {
    const unreached = this.#answers.state === 'unreached' || this.#watch.misses > 1;
    const away = !navigator.onLine ? 'offline' : unreached ? 'unreached' : undefined;
    return new Model(this.#host, this.#view, html`${this.#acts.trouble}${this.#lost}`, away, this.#answers.outlines);
  }

  get #scene(): Scene {
    const name = sceneOf(this.#view);
    if (name !== 'opening') return name;
    return this.#opener.desk ? 'sign' : this.#opener.unopened ? 'unopened' : 'opening';
  }

  get #consentProps() {
    return {
      ...this.#consent,
      busy: this.#acts.busy === 'consent',
      onTick: (ticked: boolean) => {
        this.#consent = { ticked, missing: false };
        this.#host.requestUpdate();
      },
      onGo: () => void this.#agree(),
      onPaper: () => this.#decline('paper', this.#host.words.say('consent.paper.reason')),
    };
  }

  async #read(): Promise<void> {
    try {
      this.#take(await this.#setting.calls.state());
    } catch (thrown) {
      const error = asLinkError(thrown);
      if (!error.unclear && this.#watch.running) this.#setting.onRefused?.(error);
      throw error;
    }
  }

  /** Takes what the server tells, unless something newer was already told. */
  #take(view: CeremonyView): void {
    const before = this.#view && this.#scene;
    if (this.#view?.envelope_id === view.envelope_id && view.revision < this.#view.revision) return;
    if (this.#opener.desk && view.document.sha256 !== this.#view.document.sha256) this.#opener.close();
    const seen = this.#view?.envelope_id === view.envelope_id ? this.#view.pages_seen : [];
    this.#view = { ...view, pages_seen: [...new Set([...view.pages_seen, ...seen])] };
    this.#answers.take(view);
    this.#acts.settle(this.#scene);
    if (sceneOf(view) !== 'opening') this.#opener.close();
    this.#follow(before);
    this.#host.requestUpdate();
    this.#setting.onChange?.(view);
  }

  /** Another scene: its heading takes the focus, what belonged to the last one goes. */
  #follow(before: Scene | undefined = this.#told): void {
    const scene = this.#scene;
    if (before && before !== scene) {
      if (!atDocument.test(before) || !atDocument.test(scene)) this.#acts.trouble = nothing;
      this.#dialog = undefined;
      this.#host.focusOn('title');
    }
    this.#tell();
    if (scene === 'opening' && this.#watch.running) void this.#opener.open();
    this.#watch.plan();
  }

  /** Tells the page, once each, that the signer's part is done, or that it ended unsigned. */
  #tell(): void {
    if (!this.#watch.running) return;
    const scene = this.#scene;
    if (scene === 'signed' || scene === 'completed') this.#host.complete(this.#view.envelope_id, this.#first === scene);
    if (scene === 'declined' && this.#told !== scene) this.#host.dispatchEvent(new InlayDeclinedEvent(this.#view.envelope_id));
    this.#told = scene;
  }

  #onOpened(): void {
    this.#follow('opening');
    this.#host.requestUpdate();
    if (this.#opener.desk) this.#walk.begin(this.#view.revision > 0, this.#first === 'consent');
  }

  #again(): void {
    this.#opener.unopened = undefined;
    this.#host.focusOn('title');
    void this.#watch.now().then(() => this.#follow());
  }

  async #seen(pages: readonly number[]): Promise<void> {
    const fresh = pages.filter((page) => !this.#view.pages_seen.includes(page));
    if (!fresh.length || this.#view.state !== 'open') return;
    this.#view = { ...this.#view, pages_seen: [...this.#view.pages_seen, ...fresh] };
    this.#host.requestUpdate();
    // Lost, they are told again before the end, where it matters.
    await this.#setting.calls.pages(fresh).catch(() => undefined);
  }

  async #agree(): Promise<void> {
    if (!this.#consent.ticked) {
      this.#consent = { ticked: false, missing: true };
      return this.#host.focusOn('agreed');
    }
    const { version, sha256 } = this.#view.consent;
    await this.#acts.take('consent', sha256, (key) => this.#setting.calls.consent({ version, sha256, agreed: true }, key));
  }

  async #finish(event: Event): Promise<void> {
    await this.#answers.save();
    if (this.#answers.dirty) return this.#host.announce(this.#host.words.say('away.unreached'));
    if (this.#answers.missing.length) return this.#walk.begin(true);
    const { revision, today, pages_seen } = this.#view;
    const request = { document_sha256: this.#opener.opening.hash, revision, date: today };
    await this.#acts.take('finish', JSON.stringify(request), async (key) => {
      if (this.#view.required_reading) await this.#setting.calls.pages(pages_seen);
      return this.#setting.calls.finish(event, request, key);
    });
  }

  #decline(opener: string, reason: string): void {
    this.#show(
      new DeclineDialog(opener, reason, {
        decline: async (event, why) => {
          const text = await this.#acts.take('decline', why, (key) => this.#setting.calls.decline(event, why, key));
          if (!text) this.#show(undefined);
          return text;
        },
        close: () => this.#show(undefined),
        changed: () => this.#host.requestUpdate(),
      }),
    );
  }

  async #download(): Promise<void> {
    if (this.#downloading) return;
    const { words, level } = this.#host;
    this.#downloading = true;
    this.#lost = nothing;
    this.#host.requestUpdate();
    try {
      saveFile(await this.#opener.opening.download(this.#view), this.#view.document.filename);
    } catch {
      this.#lost = html`<div role="alert">${notice('warning', 'alert', words.say('sign.download.failed'), level + 1, '')}</div>`;
    } finally {
      this.#downloading = false;
      this.#host.requestUpdate();
    }
  }

  #show(dialog: Dialog | undefined): void {
    const opener = this.#dialog?.opener;
    this.#dialog = dialog;
    if (!dialog && opener) this.#host.focusOn(opener);
    this.#host.requestUpdate();
  }

  #onWake(): void {
    if (!navigator.onLine) this.#host.announce(this.#host.words.say('away.offline'));
    if (this.#answers.dirty && navigator.onLine) void this.#answers.save();
    this.#host.requestUpdate();
  }
}
