import type { FieldValue } from '../../../../shared/signing/fields.ts';
import type { Outline } from '../../../session/ceremony.ts';
import type { CeremonyState } from '../state.ts';
import { unprinted } from './unprinted.ts';

export type Typed = Extract<FieldValue, { kind: 'typed' }>;

/** Milliseconds after the last key before a look is asked for. */
const pause = 200;

/** How typed signatures will look whose letters this page's own script face lacks: the server draws them, as it will on paper. */
export class Outlines {
  readonly #state: CeremonyState;
  /** Null: asked for and not to be had. */
  readonly #known = new Map<string, Outline | null>();
  readonly #wanted = new Map<string, { value: Typed; at: number }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: CeremonyState) {
    this.#state = state;
  }

  /** The look, once it is there; it is asked for meanwhile. */
  of(value: Typed): Outline | undefined {
    if (unprinted(value.text).length > 0) return undefined;
    const key = `${value.lang ?? ''} ${value.text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known ?? undefined;
    this.#wanted.set(key, { value, at: performance.now() });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#bring(), pause);
    return undefined;
  }

  /** What was wanted by the last rendering; what was typed on the way there is passed over. */
  async #bring(): Promise<void> {
    const latest = Math.max(...[...this.#wanted.values()].map(({ at }) => at));
    const wanted = [...this.#wanted].filter(([, { at }]) => at > latest - pause / 4);
    this.#wanted.clear();
    for (const [key, { value }] of wanted) {
      const { text, lang } = value;
      this.#known.set(key, await this.#state.calls.outline(lang ? { text, lang } : { text }).catch(() => null));
    }
    this.#state.changed();
  }
}
