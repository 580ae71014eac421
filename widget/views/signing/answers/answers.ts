import type { Fault } from '../../../../shared/problem.ts';
import { type FieldValue, isAnswered } from '../../../../shared/signing/fields.ts';
import type { Kept } from '../../../parts/saved.ts';
import { asLinkError } from '../../../session/link-error.ts';
import type { CeremonyState, Field } from '../state.ts';
import { inLanguage } from './language.ts';
import { Outlines } from './outlines.ts';

const slowest = 15_000;

/** The signer's answers: shown at once, saved as they are made, one request at a time, again and again while the server is away. */
export class Answers {
  state: Kept = 'saved';
  /** What the server would not keep, by field id. The answer stays in sight until it is mended. */
  readonly faults = new Map<string, Fault>();
  readonly outlines: Outlines;
  readonly #state: CeremonyState;
  /** The ceremony's fields, and one's own of them in reading order. */
  #source: readonly Field[] = [];
  #sorted: readonly Field[] = [];
  /** Given here and not yet kept. */
  readonly #unsaved = new Map<string, FieldValue | null>();
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(state: CeremonyState) {
    this.#state = state;
    this.outlines = new Outlines(state);
  }

  /** One's own fields, in reading order. */
  get mine(): readonly Field[] {
    const { fields } = this.#state.view;
    if (this.#source !== fields) this.#sorted = [...fields].sort(inReadingOrder).filter(({ mine }) => mine);
    this.#source = fields;
    return this.#sorted;
  }

  /** Those that a signer does something about: the date is filled in by itself. */
  get asked(): readonly Field[] {
    return this.mine.filter(({ type }) => type !== 'date_signed');
  }

  get dirty(): boolean {
    return [...this.#unsaved.keys()].some((id) => !this.faults.has(id));
  }

  /** What must be answered and is not, or not so that it can stay. */
  get missing(): readonly Field[] {
    return this.asked.filter((field) => (field.required && !this.isDone(field)) || this.faults.has(field.id));
  }

  value({ id, value }: Field): FieldValue | null {
    return this.#unsaved.has(id) ? (this.#unsaved.get(id) ?? null) : value;
  }

  isDone(field: Field): boolean {
    return isAnswered(this.value(field)) && !this.faults.has(field.id);
  }

  /** Takes an answer (null takes it back) and saves it; settles when it is kept, refused or put off. */
  give({ id }: Field, value: FieldValue | null): Promise<void> {
    this.#unsaved.set(id, inLanguage(value));
    this.faults.delete(id);
    return this.save();
  }

  /** An answer that was refused and not mended is given up for what is kept. */
  drop({ id }: Field): void {
    if (this.faults.delete(id)) this.#unsaved.delete(id);
  }

  save(): Promise<void> {
    this.stop();
    this.#running ??= this.#save().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #save(): Promise<void> {
    while (this.dirty) {
      const given = [...this.#unsaved].filter(([id]) => !this.faults.has(id));
      if (this.state === 'saved') this.#turn('saving');
      try {
        const { revision, saved_at } = await this.#state.calls.fields(Object.fromEntries(given));
        this.#keep(given);
        this.#state.keep(Object.fromEntries(given), revision, saved_at);
        this.#failures = 0;
      } catch (thrown) {
        if (!(await this.#refused(thrown))) return;
      }
    }
    this.#turn('saved');
  }

  /** True when the rest can be saved at once. */
  async #refused(thrown: unknown): Promise<boolean> {
    const error = asLinkError(thrown);
    if (error.unclear) {
      this.#timer = setTimeout(() => this.save(), Math.min(slowest, 1000 * 2 ** this.#failures++));
      this.#turn('unreached');
      return false;
    }
    const named = error.errors.map((fault) => [/^\/values\/([^/]+)/.exec(fault.pointer)?.[1] ?? '', fault] as const);
    const known = named.filter(([id]) => this.#unsaved.has(id));
    for (const [id, fault] of known) this.faults.set(id, fault);
    if (known.length) return true;
    // Not a fault of an answer: the ceremony itself is another than is shown, and what it became decides.
    this.#unsaved.clear();
    this.#turn('saved');
    await this.#state.read().catch(() => undefined);
    return false;
  }

  /** What was changed while it was on its way is still to be saved. */
  #keep(given: readonly (readonly [string, FieldValue | null])[]): void {
    for (const [id, value] of given) if (this.#unsaved.get(id) === value) this.#unsaved.delete(id);
  }

  #turn(state: Kept): void {
    this.state = state;
    this.#state.changed();
  }
}

/** Page by page, line by line: fields whose middles are less than a percent apart stand on one line. */
function inReadingOrder(one: Field, other: Field): number {
  if (one.page !== other.page) return one.page - other.page;
  const down = one.y + one.height / 2 - (other.y + other.height / 2);
  return Math.abs(down) > 0.01 ? down : one.x - other.x;
}
