import { html, type TemplateResult } from 'lit/html.js';
import type { Frame } from '../../view.ts';
import type { Acts } from '../acts.ts';
import type { Answers } from '../answers/answers.ts';
import { DeclineDialog } from '../dialogs/decline-dialog.ts';
import type { OpenDialog } from '../dialogs/open-dialog.ts';
import type { Download } from '../document/download.ts';
import type { Opener } from '../document/opener.ts';
import type { Model } from '../model.ts';
import type { CeremonyState, Field } from '../state.ts';
import { barView } from './bar.ts';
import { FieldPress } from './field-press.ts';
import { FieldWalk } from './field-walk.ts';
import { guideView } from './guide.ts';
import { deskView, thumbsView } from './pages.ts';

/** What the signer works with at the open document. */
export interface Tools {
  readonly answers: Answers;
  readonly opener: Opener;
  readonly acts: Acts;
  readonly dialog: OpenDialog;
  readonly download: Download;
}

/** The document open for signing: its bar, its pages, its fields and what is left to do. */
export class SignView {
  readonly #host: Frame;
  readonly #state: CeremonyState;
  readonly #tools: Tools;
  readonly #walk: FieldWalk;
  readonly #fields: FieldPress;
  #menu = false;

  constructor(host: Frame, state: CeremonyState, tools: Tools) {
    this.#host = host;
    this.#state = state;
    this.#tools = tools;
    const { answers, opener, dialog } = tools;
    this.#walk = new FieldWalk(host, answers, opener);
    this.#fields = new FieldPress(host, state, answers, this.#walk, dialog);
  }

  /** The document was opened. `pressed`: by a press just now. */
  begin(pressed: boolean): void {
    this.#walk.begin(this.#state.revision > 0, pressed);
  }

  render(model: Model): TemplateResult {
    const { answers, opener, acts } = this.#tools;
    const walk = this.#walk;
    const shared = {
      answers,
      current: walk.field,
      page: opener.desk?.page ?? 1,
      onPress: (field: Field, n?: number) => this.#fields.press(field, n),
      onPage: (n: number) => opener.desk?.goToPage(n),
      onKey: this.#onKey,
    };
    return html`
      <div class="sign">
        ${barView(model, this.#barProps)}
        ${model.strip()}
        ${thumbsView(model, shared)}
        ${deskView(model, shared)}
        ${guideView(model, {
          ...shared,
          unread: this.#state.unread,
          finishing: acts.busy === 'finish',
          onStep: (steps) => walk.step(steps),
          onGo: (field) => walk.goTo(field),
          onFinish: (event) => void this.#finish(event),
        })}
      </div>`;
  }

  get #barProps() {
    const { answers, opener, acts, dialog, download } = this.#tools;
    return {
      kept: answers.state,
      zoom: opener.desk?.zoom ?? 1,
      menu: this.#menu,
      onZoom: (steps: number) => opener.desk?.zoomBy(steps),
      onMenu: (open: boolean) => this.#open(open),
      onDownload: () => {
        this.#open(false);
        void download.start();
      },
      onDecline: () => {
        this.#open(false);
        dialog.show(new DeclineDialog('more', '', this.#host, acts, dialog));
      },
    };
  }

  #open(menu: boolean): void {
    if (this.#menu && !menu) this.#host.focusOn('more');
    this.#menu = menu;
    this.#host.requestUpdate();
  }

  async #finish(event: Event): Promise<void> {
    const { answers, opener, acts } = this.#tools;
    await answers.save();
    if (answers.dirty) return this.#host.announce(this.#host.words.say('away.unreached'));
    if (answers.missing.length) return this.#walk.begin(true);
    await acts.finish(event, opener.opening.hash);
  }

  /** Single keys work only while the desk, or a marker on it, has the focus (WCAG 2.1.4). */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { answers, opener } = this.#tools;
    const { desk } = opener;
    const walk = this.#walk;
    // From a marker that has the focus the way goes on, not from the field that is next.
    const { id: from } = (event.composedPath()[0] as HTMLElement).dataset;
    const focused = answers.asked.find(({ id }) => id === from);
    if (focused && /^[np]$/i.test(event.key)) walk.from(focused);
    const keys: Record<string, () => void> = {
      n: () => walk.focus(walk.step(1)),
      p: () => walk.focus(walk.step(-1)),
      PageDown: () => desk?.goToPage(desk.page + 1),
      PageUp: () => desk?.goToPage(desk.page - 1),
      '+': () => desk?.zoomBy(1),
      '=': () => desk?.zoomBy(1),
      '-': () => desk?.zoomBy(-1),
    };
    const act = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };
}
