import { html, type TemplateResult } from 'lit/html.js';
import type { FieldValue } from '../../../../shared/fields.ts';
import { sleep } from '../../../session/link.ts';
import type { Frame } from '../../view.ts';
import type { Answers, Field } from '../answers/answers.ts';
import type { Dialog } from '../dialogs/dialog.ts';
import { dialogFor } from '../dialogs/dialogs.ts';
import type { DialogWays } from '../dialogs/sign-dialog.ts';
import { markerId } from '../markers/spots.ts';
import type { Model } from '../model.ts';
import { barView } from './bar.ts';
import type { Desk } from './desk.ts';
import { faultText, guideView } from './guide.ts';
import { deskView, thumbsView } from './pages.ts';

/** What the walk asks of its view. */
interface Ways {
  model(): Model;
  desk(): Desk | undefined;
  dialog(dialog: Dialog | undefined): void;
  finish(event: Event): void;
  decline(): void;
  download(): void;
}

/** Milliseconds a dialog waits for its answer to be kept; after that it closes, and the saving goes on in sight of the saved mark. */
const patience = 3_000;
/** Milliseconds between two times of saying "saved" aloud. */
const quietFor = 30_000;

/** The document open for signing: which field is next, and what is done with it. */
export class FieldWalk {
  readonly #host: Frame;
  readonly #answers: Answers;
  readonly #ways: Ways;
  /** The id of the field that is next. */
  #current = '';
  #menu = false;
  #spoken = 0;

  constructor(host: Frame, answers: Answers, ways: Ways) {
    this.#host = host;
    this.#answers = answers;
    this.#ways = ways;
  }

  /** Makes the first field that is missing the next one, and brings it into sight; a document that is opened first is shown from its beginning. */
  begin(travel: boolean, pressed = false): void {
    const [first] = this.#answers.missing;
    this.#current = first?.id ?? this.#current;
    this.#host.requestUpdate();
    // Opened by a press just now, it is to be seen whole, its bar at the foot included.
    if (pressed) requestAnimationFrame(() => this.#host.renderRoot.querySelector('.sign')?.scrollIntoView({ block: 'nearest' }));
    // The desk is taken up in the rendering that follows.
    if (first && travel) setTimeout(() => this.#ways.desk()?.goTo(first));
  }

  render(model: Model, finishing: boolean): TemplateResult {
    const desk = this.#ways.desk();
    const answers = this.#answers;
    const page = desk?.page ?? 1;
    const current = this.#field;
    const shared = {
      answers,
      current,
      page,
      onPress: (field: Field, n?: number) => this.#press(field, n),
      onPage: (n: number) => this.#toPage(n),
    };
    return html`
      <div class="sign">
        ${barView(model, this.#barProps(desk))}
        ${model.strip()}
        ${thumbsView(model, { ...shared, onKey: this.#onKey })}
        ${deskView(model, { ...shared, onKey: this.#onKey })}
        ${guideView(model, {
          ...shared,
          unread: model.view.required_reading ? unreadOf(model) : [],
          finishing,
          onStep: (steps) => this.#step(steps),
          onGo: (field) => this.#goTo(field),
          onFinish: this.#ways.finish,
        })}
      </div>`;
  }

  #barProps(desk: Desk | undefined) {
    return {
      kept: this.#answers.state,
      zoom: desk?.zoom ?? 1,
      menu: this.#menu,
      onZoom: (steps: number) => desk?.zoomBy(steps),
      onMenu: (open: boolean) => this.#open(open),
      onDownload: () => {
        this.#open(false);
        this.#ways.download();
      },
      onDecline: () => {
        this.#open(false);
        this.#ways.decline();
      },
    };
  }

  get #field(): Field | undefined {
    const { asked, missing } = this.#answers;
    return asked.find(({ id }) => id === this.#current) ?? missing[0] ?? asked[0];
  }

  #open(menu: boolean): void {
    if (this.#menu && !menu) this.#host.focusOn('more');
    this.#menu = menu;
    this.#host.requestUpdate();
  }

  #toPage(page: number): void {
    this.#ways.desk()?.goToPage(page);
  }

  #goTo(field: Field): void {
    this.#current = field.id;
    this.#ways.desk()?.goTo(field);
    this.#host.requestUpdate();
  }

  #step(steps: number): Field | undefined {
    const { asked } = this.#answers;
    const at = this.#field ? asked.indexOf(this.#field) : -1;
    const field = asked[(at + steps + asked.length) % asked.length];
    if (field) this.#goTo(field);
    return field;
  }

  /** What a press on a field, or on one of its places, does: a box is ticked and a button chosen in place, everything else has a dialog. */
  #press(field: Field, n?: number): void {
    this.#current = field.id;
    const value = this.#answers.value(field);
    const option = n === undefined ? null : field.places[n]?.option;
    if (field.type === 'checkbox') this.#tick(field, value);
    else if (option) this.#choose(field, option);
    else this.#ways.dialog(dialogFor(field, this.#answers, this.#ways.model(), this.#dialogWays(field, markerId(field, n))));
  }

  #choose(field: Field, option: string): void {
    void this.#answers.give(field, { kind: 'chosen', option });
    this.#tell(field, true);
    this.#advance(field, false);
  }

  #tick(field: Field, value: FieldValue | null): void {
    const checked = !(value?.kind === 'checked' && value.checked);
    void this.#answers.give(field, { kind: 'checked', checked });
    this.#tell(field, checked);
    if (checked) this.#advance(field, false);
    this.#host.requestUpdate();
  }

  #dialogWays(field: Field, opener: string): DialogWays {
    return {
      opener,
      use: (asked, value) => this.#use(asked, value),
      close: () => {
        this.#answers.drop(field);
        this.#ways.dialog(undefined);
      },
      changed: () => this.#host.requestUpdate(),
    };
  }

  async #use(field: Field, value: FieldValue | null): Promise<string> {
    await Promise.race([this.#answers.give(field, value), sleep(patience)]);
    const fault = this.#answers.faults.get(field.id);
    if (fault) return faultText(this.#ways.model(), fault);
    this.#ways.dialog(undefined);
    this.#tell(field, value !== null);
    this.#advance(field, true);
    return '';
  }

  /** On to the next field that is missing, the later ones first. `travel` brings it into sight. */
  #advance(field: Field, travel: boolean): void {
    const { asked, missing } = this.#answers;
    const at = asked.findIndex(({ id }) => id === field.id);
    const next = missing.find((other) => asked.indexOf(other) > at) ?? missing[0];
    this.#current = next?.id ?? field.id;
    // After the dialog's closing has moved the focus back, and the desk with it.
    if (next && travel) setTimeout(() => this.#ways.desk()?.goTo(next), 60);
    this.#host.requestUpdate();
  }

  /** Says what became of a field; that it is saved only now and then. */
  #tell(field: Field, done: boolean): void {
    const { words, view } = this.#ways.model();
    const said = words.say(done ? 'field.now-done' : 'field.now-empty', { label: this.#ways.model().label(field) });
    const now = Date.now();
    const kept = this.#answers.state === 'saved' && now - this.#spoken > quietFor;
    if (kept) this.#spoken = now;
    this.#host.announce(kept ? `${said}. ${words.say('kept.at', { time: words.time(view.saved_at) })}` : said);
  }

  /** Single keys work only while the desk, or a marker on it, has the focus (WCAG 2.1.4). */
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const desk = this.#ways.desk();
    // From a marker that has the focus the way goes on, not from the field that is next.
    const { id: from } = (event.composedPath()[0] as HTMLElement).dataset;
    const focused = this.#answers.asked.find(({ id }) => id === from);
    if (focused && /^[np]$/i.test(event.key)) this.#current = focused.id;
    const keys: Record<string, () => void> = {
      n: () => this.#focus(this.#step(1)),
      p: () => this.#focus(this.#step(-1)),
      PageDown: () => this.#toPage((desk?.page ?? 1) + 1),
      PageUp: () => this.#toPage((desk?.page ?? 1) - 1),
      '+': () => desk?.zoomBy(1),
      '=': () => desk?.zoomBy(1),
      '-': () => desk?.zoomBy(-1),
    };
    const act = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };

  #focus(field: Field | undefined): void {
    if (!field) return;
    const markers = this.#host.renderRoot.querySelectorAll<HTMLElement>(`.marker[data-id="${CSS.escape(field.id)}"]`);
    // Of a radio, the one button that the Tab key stops at.
    [...markers].find(({ tabIndex }) => tabIndex === 0)?.focus({ preventScroll: true });
  }
}

const unreadOf = ({ view }: Model): number[] => view.document.pages.map((_, i) => i + 1).filter((page) => !view.pages_seen.includes(page));
