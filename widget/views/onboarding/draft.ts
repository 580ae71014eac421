import { asLinkError } from '../../session/link-error.ts';
import type { Host } from '../view.ts';
import type { Form } from './form.ts';
import type { Saved } from './stage.ts';

const pause = 800;
const slowest = 15_000;

/** What the draft asks of its view. */
interface Ways {
  /** The run's revision, as last told. */
  revision(): number;
  /** The gateway kept the answers. */
  kept(revision: number, at: string): void;
  /** Reads the run anew, which merges the other side's answers into the form. */
  reread(): Promise<void>;
  changed(): void;
}

/** Keeps what is typed: 800 ms after the last key, at once when asked, one request at a time, again and again while the gateway is away. */
export class Draft {
  state: Saved = 'saved';
  readonly #host: Host;
  readonly #form: Form;
  readonly #ways: Ways;
  #timer = 0;
  #running: Promise<void> | undefined;
  #failures = 0;

  constructor(host: Host, form: Form, ways: Ways) {
    this.#host = host;
    this.#form = form;
    this.#ways = ways;
  }

  soon(ms = pause): void {
    this.stop();
    this.#timer = setTimeout(() => this.now(), ms) as unknown as number;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Saves at once; resolves when there is nothing left to save, or when saving failed. */
  now(): Promise<void> {
    this.stop();
    this.#running ??= this.#save().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #save(): Promise<void> {
    for (let tries = 0; this.#form.dirty && tries < 5; tries++) {
      const values = this.#form.unsaved;
      if (this.state !== 'unreached') this.#turn('saving');
      try {
        const { revision, saved_at } = await this.#host.client.saveDraft(values, this.#ways.revision());
        this.#ways.kept(revision, saved_at);
        this.#form.keep(values);
      } catch (thrown) {
        const error = asLinkError(thrown);
        if (error.unclear) this.soon(Math.min(slowest, 1000 * 2 ** this.#failures++));
        if (error.code !== 'draft-changed') return this.#turn(error.unclear ? 'unreached' : 'waiting');
        await this.#ways.reread().catch(() => undefined);
      }
    }
    this.#failures = 0;
    if (this.#form.dirty) this.soon();
    this.#turn(this.#form.dirty ? 'waiting' : 'saved');
  }

  #turn(state: Saved): void {
    this.state = state;
    this.#ways.changed();
  }
}
