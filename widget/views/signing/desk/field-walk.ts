import type { Frame } from '../../view.ts';
import type { Answers } from '../answers/answers.ts';
import type { Opener } from '../document/opener.ts';
import type { Field } from '../state.ts';

/** Which field is next, and the way to it. */
export class FieldWalk {
  readonly #host: Frame;
  readonly #answers: Answers;
  readonly #opener: Opener;
  /** The id of the field that is next. */
  #current = '';

  constructor(host: Frame, answers: Answers, opener: Opener) {
    this.#host = host;
    this.#answers = answers;
    this.#opener = opener;
  }

  get field(): Field | undefined {
    const { asked, missing } = this.#answers;
    return asked.find(({ id }) => id === this.#current) ?? missing[0] ?? asked[0];
  }

  /** Makes the first field that is missing the next one, and brings it into sight; a document that is opened first is shown from its beginning. */
  begin(travel: boolean, pressed = false): void {
    const [first] = this.#answers.missing;
    this.#current = first?.id ?? this.#current;
    this.#host.requestUpdate();
    // Opened by a press just now, it is to be seen whole, its bar at the foot included.
    if (pressed) requestAnimationFrame(() => this.#host.renderRoot.querySelector('.sign')?.scrollIntoView({ block: 'nearest' }));
    // The desk is taken up in the rendering that follows.
    if (first && travel) setTimeout(() => this.#opener.desk?.goTo(first));
  }

  /** Goes on from this field. */
  from({ id }: Field): void {
    this.#current = id;
  }

  goTo(field: Field): void {
    this.#current = field.id;
    this.#opener.desk?.goTo(field);
    this.#host.requestUpdate();
  }

  step(steps: number): Field | undefined {
    const { asked } = this.#answers;
    const at = this.field ? asked.indexOf(this.field) : -1;
    const field = asked[(at + steps + asked.length) % asked.length];
    if (field) this.goTo(field);
    return field;
  }

  /** On to the next field that is missing, the later ones first. `travel` brings it into sight. */
  advance(field: Field, travel: boolean): void {
    const { asked, missing } = this.#answers;
    const at = asked.findIndex(({ id }) => id === field.id);
    const next = missing.find((other) => asked.indexOf(other) > at) ?? missing[0];
    this.#current = next?.id ?? field.id;
    // After the dialog's closing has moved the focus back, and the desk with it.
    if (next && travel) setTimeout(() => this.#opener.desk?.goTo(next), 60);
    this.#host.requestUpdate();
  }

  /** Moves the focus to a field's marker. */
  focus(field: Field | undefined): void {
    if (!field) return;
    const markers = this.#host.renderRoot.querySelectorAll<HTMLElement>(`.marker[data-id="${CSS.escape(field.id)}"]`);
    // Of a radio, the one button that the Tab key stops at.
    [...markers].find(({ tabIndex }) => tabIndex === 0)?.focus({ preventScroll: true });
  }
}
