import { nothing } from 'lit/html.js';
import type { FieldValue } from '../../../../shared/signing/fields.ts';
import { sparingly } from '../../../parts/aloud.ts';

import { sleep } from '../../../session/link.ts';
import type { Frame } from '../../view.ts';
import type { Answers } from '../answers/answers.ts';
import type { Entry } from '../dialogs/dialog.ts';
import { dialogFor } from '../dialogs/dialogs.ts';
import type { OpenDialog } from '../dialogs/open-dialog.ts';
import { markerId } from '../markers/spots.ts';
import { Model } from '../model.ts';
import type { CeremonyState, Field } from '../state.ts';
import type { FieldWalk } from './field-walk.ts';

/** Milliseconds a dialog waits for its answer to be kept; after that it closes, and the saving goes on in sight of the saved mark. */
const patience = 3_000;

/** What a press on a field, or on one of its places, does: a box is ticked and a button chosen in place, everything else has a dialog. */
export class FieldPress {
  readonly #host: Frame;
  readonly #state: CeremonyState;
  readonly #answers: Answers;
  readonly #walk: FieldWalk;
  readonly #dialog: OpenDialog;
  readonly #dueAloud = sparingly();

  constructor(host: Frame, state: CeremonyState, answers: Answers, walk: FieldWalk, dialog: OpenDialog) {
    this.#host = host;
    this.#state = state;
    this.#answers = answers;
    this.#walk = walk;
    this.#dialog = dialog;
  }

  press(field: Field, n?: number): void {
    this.#walk.from(field);
    const option = n === undefined ? null : field.places[n]?.option;
    if (field.type === 'checkbox') this.#tick(field);
    else if (option) this.#choose(field, option);
    else this.#dialog.show(dialogFor(this.#entryOf(field, markerId(field, n)), this.#answers, this.#model));
  }

  get #model(): Model {
    return new Model(this.#host, this.#state.view, nothing, undefined, this.#answers.outlines);
  }

  #choose(field: Field, option: string): void {
    void this.#answers.give(field, { kind: 'chosen', option });
    this.#tell(field, true);
    this.#walk.advance(field, false);
  }

  #tick(field: Field): void {
    const value = this.#answers.value(field);
    const checked = !(value?.kind === 'checked' && value.checked);
    void this.#answers.give(field, { kind: 'checked', checked });
    this.#tell(field, checked);
    if (checked) this.#walk.advance(field, false);
    this.#host.requestUpdate();
  }

  #entryOf(field: Field, opener: string): Entry {
    return {
      field,
      opener,
      use: (value) => this.#use(field, value),
      close: () => {
        this.#answers.drop(field);
        this.#dialog.close();
      },
      changed: () => this.#host.requestUpdate(),
    };
  }

  async #use(field: Field, value: FieldValue | null): Promise<string> {
    await Promise.race([this.#answers.give(field, value), sleep(patience)]);
    const fault = this.#answers.faults.get(field.id);
    if (fault) return this.#model.sentence(fault);
    this.#dialog.close();
    this.#tell(field, value !== null);
    this.#walk.advance(field, true);
    return '';
  }

  /** Says what became of a field; that it is saved only now and then. */
  #tell(field: Field, done: boolean): void {
    const { words } = this.#host;
    const said = words.say(done ? 'field.now-done' : 'field.now-empty', { label: this.#model.label(field) });
    const kept = this.#answers.state === 'saved' && this.#dueAloud();
    this.#host.announce(kept ? `${said}. ${words.say('saved.at', { time: words.time(this.#state.view.saved_at) })}` : said);
  }
}
