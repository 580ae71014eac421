import { html, nothing, type TemplateResult } from 'lit/html.js';
import { InlayDeclinedEvent } from '../../events.ts';
import type { CeremonyCalls } from '../../session/ceremony.ts';
import type { LinkError } from '../../session/link-error.ts';
import cards from '../../styles/cards.css?inline';
import form from '../../styles/form.css?inline';
import { signing as sentences } from '../../text/en/signing.ts';
import { Words } from '../../text/words.ts';
import type { Polling } from '../polling.ts';
import type { Frame, View } from '../view.ts';
import { Acts } from './acts.ts';
import { Answers } from './answers/answers.ts';
import { ConsentStep } from './consent-step.ts';
import { SignView } from './desk/sign-view.ts';
import { OpenDialog } from './dialogs/open-dialog.ts';
import { Download } from './document/download.ts';
import { Opener } from './document/opener.ts';
import { openingView, unopenedView } from './document/unopened.ts';
import { endingView } from './endings.ts';
import { Model } from './model.ts';
import { styles as paperStyles } from './paper/paper.ts';
import styles from './signing.css?inline';
import { type Ceremony, CeremonyState, type News, type Scene } from './state.ts';
import { watchOf } from './watch.ts';

/** Where a signing takes place. */
export interface Setting {
  readonly calls: CeremonyCalls;
  /** `worker="none"`: the page's policy has no `worker-src blob:`. */
  readonly worker?: 'none' | undefined;
  /** The ceremony was read anew, or went on. */
  readonly onChange?: ((view: Ceremony) => void) | undefined;
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
  readonly #state: CeremonyState;
  readonly #opener: Opener;
  readonly #answers: Answers;
  readonly #watch: Polling;
  readonly #dialog: OpenDialog;
  readonly #acts: Acts;
  readonly #download: Download;
  readonly #consent: ConsentStep;
  readonly #sign: SignView;
  /** The scene at load, and the one that was told of. */
  #first: Scene | undefined;
  #told: Scene | undefined;

  constructor(host: Frame, setting: Setting) {
    Words.learn(sentences);
    this.#host = host;
    this.#setting = setting;
    const state = new CeremonyState(setting.calls);
    this.#state = state;
    this.#opener = new Opener(host, state, setting.worker);
    this.#answers = new Answers(state);
    this.#watch = watchOf(state, () => this.#onSettled());
    this.#dialog = new OpenDialog(host);
    this.#acts = new Acts(host, state, this.#watch, this.#dialog);
    this.#download = new Download(host, state, this.#opener.opening);
    this.#consent = new ConsentStep(host, this.#acts, this.#dialog);
    this.#sign = new SignView(host, state, {
      answers: this.#answers,
      opener: this.#opener,
      acts: this.#acts,
      dialog: this.#dialog,
      download: this.#download,
    });
    // Last: what the others make of the news is in what is drawn.
    state.subscribe((news) => this.#onNews(news));
  }

  get savedAt(): string | null | undefined {
    return this.#state.view?.saved_at;
  }

  async load(): Promise<void> {
    this.#told = undefined;
    await this.#state.read();
    this.#first ??= this.#state.scene;
  }

  resume(): void {
    this.#watch.run(true);
    this.#tell();
    this.#follow();
    if (this.#answers.dirty) void this.#answers.save();
  }

  pause(): void {
    this.#watch.run(false);
    this.#answers.stop();
    // An element that is only moved in the page goes on at once: its document need not be opened again.
    setTimeout(() => {
      if (!this.#watch.running) this.#opener.close();
    });
  }

  drawn(): void {
    this.#opener.desk?.drawn();
    this.#dialog.drawn();
  }

  render(): TemplateResult {
    const model = this.#model;
    const { scene } = this.#state;
    return html`<div class="signing" part="signing" data-scene=${scene}>${this.#sceneView(model, scene)}${this.#dialog.render(model)}</div>`;
  }

  #sceneView(model: Model, scene: Scene): TemplateResult {
    const { opening, unopened } = this.#opener;
    if (scene === 'consent') return this.#consent.render(model);
    if (scene === 'opening') return openingView(model, opening.loaded);
    if (scene === 'unopened') return unopenedView(model, unopened ?? 'loading', () => this.#again());
    if (scene === 'sign') return this.#sign.render(model);
    return endingView(model, scene, { downloading: this.#download.busy, onDownload: () => void this.#download.start() });
  }

  get #model(): Model {
    const unreached = this.#answers.state === 'unreached' || this.#watch.misses > 1;
    const away = !navigator.onLine ? 'offline' : unreached ? 'unreached' : undefined;
    const trouble = html`${this.#acts.trouble}${this.#download.trouble}`;
    return new Model(this.#host, this.#state.view, trouble, away, this.#answers.outlines);
  }

  #onNews(news: News): void {
    if (news.kind === 'read') this.#follow(news.before);
    if (news.kind === 'document') this.#onBrought();
    if (news.kind === 'refused' && this.#watch.running) this.#setting.onRefused?.(news.error);
    this.#host.requestUpdate();
    if (news.kind === 'read') this.#setting.onChange?.(this.#state.view);
  }

  /** Another scene: its heading takes the focus, what belonged to the last one goes. */
  #follow(before: Scene | undefined = this.#told): void {
    const { scene } = this.#state;
    if (before && before !== scene) {
      if (!atDocument.test(before) || !atDocument.test(scene)) this.#acts.trouble = nothing;
      this.#dialog.drop();
      this.#host.focusOn('title');
    }
    this.#tell();
    if (scene === 'opening' && this.#watch.running) void this.#opener.open();
    this.#watch.plan();
  }

  /** Tells the page, once each, that the signer's part is done, or that it ended unsigned. */
  #tell(): void {
    if (!this.#watch.running) return;
    const { scene, view } = this.#state;
    if (scene === 'signed' || scene === 'completed') this.#host.complete(view.envelope_id, this.#first === scene);
    if (scene === 'declined' && this.#told !== scene) this.#host.dispatchEvent(new InlayDeclinedEvent(view.envelope_id));
    this.#told = scene;
  }

  #onBrought(): void {
    this.#follow('opening');
    if (this.#opener.desk) this.#sign.begin(this.#first === 'consent');
  }

  #again(): void {
    this.#opener.forget();
    this.#host.focusOn('title');
    void this.#watch.now().then(() => this.#follow());
  }

  #onSettled(): void {
    if (!navigator.onLine) this.#host.announce(this.#host.words.say('away.offline'));
    if (this.#answers.dirty && navigator.onLine) void this.#answers.save();
    this.#host.requestUpdate();
  }
}
