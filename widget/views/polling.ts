/** What is read again and again. */
export interface Polled {
  /** Milliseconds until the next reading, after so many in a row that had no answer; 0 when nothing can change any more. */
  pace(misses: number): number;
  /** Rejects when it could not be read. What ends a view the session says; anything else is asked again. */
  read(): Promise<unknown>;
  /** A reading has come, or had no answer. */
  settled(): void;
  /** The page was left or is looked at again, or the connection was lost or found: whether that is worth a reading. */
  returned(): boolean;
}

/** Reads again and again while somebody looks. */
export class Polling {
  running = false;
  /** Readings in a row that had no answer. */
  misses = 0;
  readonly #polled: Polled;
  #timer = 0;

  constructor(polled: Polled) {
    this.#polled = polled;
  }

  /** Begins or ends. */
  run(running: boolean): void {
    this.running = running;
    const change = running ? 'addEventListener' : 'removeEventListener';
    document[change]('visibilitychange', this.#onReturn);
    for (const type of ['online', 'offline']) window[change](type, this.#onReturn);
    this.plan();
  }

  /** Sets the next reading. */
  plan(): void {
    clearTimeout(this.#timer);
    const pace = this.running && !document.hidden && this.#polled.pace(this.misses);
    if (pace) this.#timer = setTimeout(this.now, pace) as unknown as number;
  }

  readonly now = async (): Promise<void> => {
    clearTimeout(this.#timer);
    try {
      await this.#polled.read();
      this.misses = 0;
    } catch {
      this.misses++;
    }
    this.#polled.settled();
    this.plan();
  };

  readonly #onReturn = (): void => {
    const worth = this.#polled.returned();
    if (document.hidden) this.plan();
    else if (worth) void this.now();
  };
}
